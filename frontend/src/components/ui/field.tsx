import { CircleAlert } from "lucide-react";
import type { ReactElement, ReactNode, Ref } from "react";
import {
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from "react-aria-components";

import { inputClass, labelClass } from "./classes";
import { cx } from "./cx";

/** The parts that every field has around its control. */
export interface FieldWords {
  label: string;
  /** For fields whose place says what they are; the label stays for screen readers. */
  hideLabel?: boolean;
  hint?: ReactNode;
  /** What the server or the form says is wrong. */
  error?: string | undefined;
}

export function FieldNotes({ hint, error }: Pick<FieldWords, "hint" | "error">): ReactElement {
  return (
    <>
      {hint !== undefined && (
        <Text slot="description" className="text-xs text-muted">
          {hint}
        </Text>
      )}
      <FieldError className="flex items-start gap-1 text-xs text-failed">
        {({ validationErrors }) => (
          <>
            <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
            <span>{error ?? validationErrors.join(" ")}</span>
          </>
        )}
      </FieldError>
    </>
  );
}

interface TextFieldProps extends Omit<AriaTextFieldProps, "className" | "style" | "children">, FieldWords {
  placeholder?: string;
  /** URLs, ids and tokens are set in the monospace face. */
  mono?: boolean;
  /** More than one line, and how many to begin with. */
  rows?: number;
  className?: string;
  /** Stands at the end, inside the field. */
  suffix?: ReactNode;
  inputRef?: Ref<HTMLInputElement>;
}

export function TextField({
  label,
  hideLabel,
  hint,
  error,
  placeholder,
  mono,
  rows,
  className,
  suffix,
  inputRef,
  ...props
}: TextFieldProps): ReactElement {
  const face = mono === true && "font-mono text-sm";
  return (
    <AriaTextField
      // A password manager fills what says that it wants it, and nothing else.
      autoComplete="off"
      {...props}
      {...(error === undefined ? {} : { isInvalid: true })}
      validationBehavior="aria"
      className={cx("flex min-w-0 flex-col gap-1", className)}
    >
      <Label className={hideLabel === true ? "sr-only" : labelClass}>{label}</Label>
      {rows === undefined ? (
        <div className="relative">
          <Input
            {...(inputRef === undefined ? {} : { ref: inputRef })}
            {...(placeholder === undefined ? {} : { placeholder })}
            className={cx(inputClass, face)}
          />
          {suffix !== undefined && (
            <span className="absolute inset-y-0 right-1 flex items-center">{suffix}</span>
          )}
        </div>
      ) : (
        <TextArea
          rows={rows}
          // It grows with its text, and is never lower than it began.
          style={{ minHeight: `${String(rows * 1.25 + 0.875)}rem` }}
          {...(placeholder === undefined ? {} : { placeholder })}
          className={cx(
            inputClass,
            face,
            "h-auto field-sizing-content py-1.5 leading-5 break-all pointer-coarse:h-auto",
          )}
        />
      )}
      <FieldNotes hint={hint} error={error} />
    </AriaTextField>
  );
}
