import type { ReactElement } from "react";

/** That there is no value. In a table's column with a label, a phone leaves it out. */
export function None(): ReactElement {
  return (
    <span data-none className="text-faint">
      –
    </span>
  );
}
