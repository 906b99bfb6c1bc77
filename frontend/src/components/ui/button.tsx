import { LoaderCircle, type LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";

import { cx } from "./cx";
import { readOnlyReasonId, useReadOnly } from "./read-only";
import { Tip } from "./tip";

type Look = "primary" | "plain" | "quiet" | "danger";
type Size = "md" | "sm";

const looks: Record<Look, string> = {
  primary:
    "border-accent bg-accent text-on-accent hover:border-accent-strong hover:bg-accent-strong data-[pressed]:bg-accent-strong",
  plain: "border-line bg-surface text-ink hover:border-edge hover:bg-hover data-[pressed]:bg-sunken",
  quiet: "border-transparent text-muted hover:bg-sunken hover:text-ink data-[pressed]:bg-sunken",
  danger: "border-failed bg-failed text-on-failed data-[pressed]:opacity-90 hover:opacity-90",
};

/** The classes of a button, for links that look like one. */
export function buttonClass(look: Look = "plain", size: Size = "md"): string {
  return cx(
    "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap no-underline select-none",
    "transition-colors duration-100 data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50",
    size === "md"
      ? "h-8 px-3 text-base pointer-coarse:h-10"
      : "h-7 px-2 text-sm pointer-coarse:h-9 pointer-coarse:px-3",
    looks[look],
  );
}

interface ButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children"> {
  look?: Look;
  size?: Size;
  icon?: LucideIcon;
  className?: string;
  /** It changes something, or opens what does: it is disabled where nothing can be changed. A form's submit button always is. */
  writes?: boolean;
  children: ReactNode;
}

export function Button({
  look = "plain",
  size = "md",
  icon: Icon,
  className,
  writes,
  isPending,
  children,
  ...props
}: ButtonProps): ReactElement {
  const reason = useReadOnly(writes ?? props.type === "submit");
  const button = (
    <AriaButton
      {...props}
      // React Aria's own isPending announces the button by its id for seconds, also once it has left the page: a name of nothing.
      {...(isPending === true && { "aria-disabled": true, type: "button", onPress: () => undefined })}
      {...(reason !== null && { isDisabled: true, "aria-describedby": readOnlyReasonId })}
      className={cx(buttonClass(look, size), className)}
    >
      {isPending === true ? (
        <LoaderCircle aria-hidden className="size-4 animate-spin" />
      ) : (
        Icon && <Icon aria-hidden className="size-4" />
      )}
      {children}
    </AriaButton>
  );
  return reason === null ? button : <span title={reason}>{button}</span>;
}

interface IconButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children" | "aria-label"> {
  /** What it does: its name for a screen reader, and its tooltip. */
  label: string;
  icon: LucideIcon;
  size?: Size;
  className?: string;
  /** A toggle's state. */
  pressed?: boolean;
  /** As with Button. */
  writes?: boolean;
}

export function IconButton({
  label,
  icon: Icon,
  size = "md",
  className,
  pressed,
  writes = false,
  ...props
}: IconButtonProps): ReactElement {
  const reason = useReadOnly(writes);
  return (
    <Tip text={label}>
      <AriaButton
        {...props}
        {...(reason !== null && { isDisabled: true, "aria-describedby": readOnlyReasonId })}
        aria-label={label}
        {...(pressed === undefined ? {} : { "aria-pressed": pressed })}
        className={cx(
          "inline-flex shrink-0 items-center justify-center rounded-md text-muted transition-colors duration-100",
          "hover:bg-sunken hover:text-ink data-[disabled]:opacity-40 data-[pressed]:bg-sunken",
          size === "md" ? "size-8 pointer-coarse:size-10" : "size-6 pointer-coarse:size-9",
          pressed === true && "bg-accent-soft text-accent-strong",
          className,
        )}
      >
        <Icon aria-hidden className={size === "md" ? "size-4" : "size-3.5"} />
      </AriaButton>
    </Tip>
  );
}
