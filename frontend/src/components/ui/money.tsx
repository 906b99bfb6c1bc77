import type { ReactElement } from "react";

import { formatMoney } from "./format";

export function Money({ value }: { value: { amount: string; currency: string } | null }): ReactElement {
  if (value === null)
    return (
      <span data-none className="text-faint">
        –
      </span>
    );
  return (
    <span className="tabular whitespace-nowrap" title={`${value.amount} ${value.currency}`}>
      {formatMoney(value.amount, value.currency)}
    </span>
  );
}
