import type { ReactElement, ReactNode } from "react";
import { Switch as AriaSwitch, type SwitchProps as AriaSwitchProps } from "react-aria-components";

import { cx } from "./cx";

interface SwitchProps extends Omit<AriaSwitchProps, "className" | "style" | "children"> {
  children?: ReactNode;
  className?: string;
}

export function Switch({ children, className, ...props }: SwitchProps): ReactElement {
  return (
    <AriaSwitch
      {...props}
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
