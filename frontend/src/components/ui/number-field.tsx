import { Minus, Plus } from "lucide-react";
import type { ReactElement } from "react";
import {
  Button,
  Group,
  Input,
  Label,
  NumberField as AriaNumberField,
  type NumberFieldProps as AriaNumberFieldProps,
} from "react-aria-components";

import { inputClass, labelClass } from "./classes";
import { cx } from "./cx";
import { FieldNotes, type FieldWords } from "./field";

interface NumberFieldProps
  extends Omit<AriaNumberFieldProps, "className" | "style" | "children">, FieldWords {
  className?: string;
}

const step = "flex w-8 items-center justify-center text-muted hover:bg-hover data-[disabled]:opacity-40";

export function NumberField({
  label,
  hideLabel,
  hint,
  error,
  className,
  ...props
}: NumberFieldProps): ReactElement {
  return (
    <AriaNumberField
      {...props}
      {...(error === undefined ? {} : { isInvalid: true })}
      className={cx("flex min-w-0 flex-col gap-1", className)}
    >
      <Label className={hideLabel === true ? "sr-only" : labelClass}>{label}</Label>
      <Group className={cx(inputClass, "flex overflow-hidden px-0")}>
        <Input className="tabular w-full min-w-0 bg-transparent px-2.5" />
        <Button slot="decrement" className={cx(step, "border-l")}>
          <Minus aria-hidden className="size-3.5" />
        </Button>
        <Button slot="increment" className={cx(step, "border-l")}>
          <Plus aria-hidden className="size-3.5" />
        </Button>
      </Group>
      <FieldNotes hint={hint} error={error} />
    </AriaNumberField>
  );
}
