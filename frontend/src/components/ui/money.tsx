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
    <span translate="no" className="tabular whitespace-nowrap" title={`${value.amount} ${value.currency}`}>
      {formatMoney(value.amount, value.currency)}
    </span>
  );
}

/** What comes in several currencies: it cannot be added up. */
export function Sums({ of }: { of: readonly { amount: string; currency: string }[] }): ReactElement {
  if (of.length === 0) return <>–</>;
  return (
    <span translate="no">{of.map(({ amount, currency }) => formatMoney(amount, currency)).join(" + ")}</span>
  );
}
