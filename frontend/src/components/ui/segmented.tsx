import type { ReactElement, ReactNode } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";

import { labelClass } from "./classes";
import { cx } from "./cx";
import { FieldNotes, type FieldWords } from "./field";

interface SegmentedProps<T extends string> extends FieldWords {
  value: T;
  onChange: (value: T) => void;
  choices: readonly { id: T; label: ReactNode }[];
  className?: string;
}

/** One of a few, all in sight. */
export function Segmented<T extends string>({
  label,
  hideLabel,
  hint,
  error,
  value,
  onChange,
  choices,
  className,
}: SegmentedProps<T>): ReactElement {
  return (
    <RadioGroup
      value={value}
      onChange={(next) => {
        onChange(next as T);
      }}
      orientation="horizontal"
      isInvalid={error !== undefined}
      className={cx("flex min-w-0 flex-col gap-1", className)}
    >
      <Label className={hideLabel === true ? "sr-only" : labelClass}>{label}</Label>
      <div className="inline-flex self-start rounded-md border border-edge bg-surface">
        {choices.map((choice) => (
          <Radio
            key={choice.id}
            value={choice.id}
            className={cx(
              "flex h-7.5 cursor-default items-center gap-1.5 border-l border-edge px-3 text-base text-muted first:border-l-0 pointer-coarse:h-10",
              "first:rounded-l-md last:rounded-r-md hover:text-ink",
              "data-[selected]:bg-accent-soft data-[selected]:font-medium data-[selected]:text-accent-strong",
              "data-[focus-visible]:outline-2 data-[focus-visible]:-outline-offset-2 data-[focus-visible]:outline-accent",
            )}
          >
            {choice.label}
          </Radio>
        ))}
      </div>
      <FieldNotes hint={hint} error={error} />
    </RadioGroup>
  );
}
