import { Check, Minus } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import {
  Checkbox as AriaCheckbox,
  CheckboxGroup as AriaCheckboxGroup,
  type CheckboxProps as AriaCheckboxProps,
  Label,
} from "react-aria-components";

import { labelClass } from "./classes";
import { cx } from "./cx";
import { FieldNotes, type FieldWords } from "./field";

interface CheckboxProps extends Omit<AriaCheckboxProps, "className" | "style" | "children"> {
  children: ReactNode;
  className?: string;
}

export function Checkbox({ children, className, ...props }: CheckboxProps): ReactElement {
  return (
    <AriaCheckbox
      {...props}
      className={cx("group flex items-start gap-2 text-base pointer-coarse:py-1.5", className)}
    >
      {({ isIndeterminate, isSelected }) => (
        <>
          <span
            className={cx(
              "mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-sm border",
              "group-data-[focus-visible]:outline-2 group-data-[focus-visible]:outline-offset-2 group-data-[focus-visible]:outline-accent",
              isSelected || isIndeterminate
                ? "border-accent bg-accent text-on-accent"
                : "border-edge bg-surface",
            )}
          >
            {isIndeterminate ? (
              <Minus aria-hidden className="size-3" strokeWidth={3} />
            ) : (
              isSelected && <Check aria-hidden className="size-3" strokeWidth={3} />
            )}
          </span>
          <span className="min-w-0">{children}</span>
        </>
      )}
    </AriaCheckbox>
  );
}

interface CheckboxGroupProps extends FieldWords {
  value: string[];
  onChange: (value: string[]) => void;
  children: ReactNode;
  className?: string;
}

export function CheckboxGroup({
  label,
  hideLabel,
  hint,
  error,
  value,
  onChange,
  children,
  className,
}: CheckboxGroupProps): ReactElement {
  return (
    <AriaCheckboxGroup
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      className="flex flex-col gap-1.5"
    >
      <Label className={hideLabel === true ? "sr-only" : labelClass}>{label}</Label>
      <div className={cx("flex flex-wrap gap-x-5 gap-y-1.5", className)}>{children}</div>
      <FieldNotes hint={hint} error={error} />
    </AriaCheckboxGroup>
  );
}
