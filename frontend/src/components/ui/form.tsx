import { type ReactElement, type ReactNode, useEffect, useRef } from "react";
import { Form as AriaForm } from "react-aria-components";

const faulty = '[aria-invalid="true"], [data-invalid]';
const focusable = 'input:not([type="hidden"]), textarea, button, [contenteditable="true"]';

/**
 * A form whose mistakes are shown by its fields, never by the browser's own bubbles: those would keep a field that the server
 * found wrong from ever being sent again.
 */
export function Form({
  onSubmit,
  faults,
  children,
  className,
}: {
  onSubmit: () => void;
  /** What is wrong, by field: where it changes, the keyboard goes to the first of the faulty fields. */
  faults?: Record<string, string>;
  children: ReactNode;
  className?: string;
}): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (faults === undefined || Object.keys(faults).length === 0) return;
    const field = form.current?.querySelector<HTMLElement>(faulty);
    const control = field?.matches(focusable) === true ? field : field?.querySelector<HTMLElement>(focusable);
    control?.focus();
    control?.scrollIntoView({ block: "center" });
  }, [faults]);
  return (
    <AriaForm
      ref={form}
      validationBehavior="aria"
      {...(className === undefined ? {} : { className })}
      onSubmit={(e) => {
        e.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </AriaForm>
  );
}
