import type { ReactElement, ReactNode } from "react";
import { Switch as AriaSwitch, type SwitchProps as AriaSwitchProps } from "react-aria-components";

import { cx } from "./cx";
import { readOnlyReasonId, useReadOnly } from "./read-only";

interface SwitchProps extends Omit<AriaSwitchProps, "className" | "style" | "children"> {
  children?: ReactNode;
  className?: string;
  /** Switching it is a change at once: it is disabled where nothing can be changed. */
  writes?: boolean;
}

export function Switch({ children, className, writes = false, ...props }: SwitchProps): ReactElement {
  const reason = useReadOnly(writes);
  return (
    <AriaSwitch
      {...props}
      {...(reason !== null && { isDisabled: true, "aria-describedby": readOnlyReasonId })}
      className={cx("group inline-flex items-center gap-2 text-base pointer-coarse:min-h-9", className)}
    >
      <span
        className={cx(
          "flex h-4.5 w-8 shrink-0 items-center rounded-full border p-0.5 transition-colors duration-100",
          "border-edge bg-sunken group-data-[selected]:border-accent group-data-[selected]:bg-accent",
          "group-data-[disabled]:opacity-50",
          "group-data-[focus-visible]:outline-2 group-data-[focus-visible]:outline-offset-2 group-data-[focus-visible]:outline-accent",
        )}
      >
        <span className="size-3 rounded-full bg-edge transition-transform duration-100 group-data-[selected]:translate-x-3.5 group-data-[selected]:bg-on-accent" />
      </span>
      {children}
    </AriaSwitch>
  );
}
