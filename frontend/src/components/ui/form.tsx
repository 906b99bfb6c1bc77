import type { ReactElement, ReactNode } from "react";
import { Form as AriaForm } from "react-aria-components";

/**
 * A form whose mistakes are shown by its fields, never by the browser's own bubbles: those would keep a field that the server
 * found wrong from ever being sent again.
 */
export function Form({
  onSubmit,
  children,
  className,
}: {
  onSubmit: () => void;
  children: ReactNode;
  className?: string;
}): ReactElement {
  return (
    <AriaForm
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
