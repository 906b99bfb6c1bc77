import { type ReactElement, useEffect, useMemo, useRef } from "react";
import { useQuery } from "urql";

import { formatMoney, plural } from "@/components/ui/format";
import { Skeleton } from "@/components/ui/skeleton";
import { graphql, type VariablesOf } from "@/graphql/graphql";
import type { ConversionRowData } from "@/live/conversion-row";

const TotalsQuery = graphql(`
  query ConversionTotals($filter: ConversionFilter) {
    conversionTotals(filter: $filter) {
      count
      capped
      payouts {
        amount
        currency
      }
    }
  }
`);

/** Changes with whatever changes the totals, as far as the rows show it. */
function digest(rows: readonly ConversionRowData[]): string {
  return rows.map(({ id, status, payout }) => `${id} ${status} ${payout?.amount ?? ""}`).join();
}

/** How often they are calculated again while conversions change. */
const againMs = 3000;

/** How many conversions the filters leave, and what they pay, each currency apart; calculated again when the rows change. */
export function Totals({
  filter,
  rows,
}: Required<VariablesOf<typeof TotalsQuery>> & {
  /** Null while there are none yet. */
  rows: readonly ConversionRowData[] | null;
}): ReactElement {
  const [{ data, error }, refetch] = useQuery({
    query: TotalsQuery,
    variables: { filter },
    requestPolicy: "cache-and-network",
  });
  const shown = useMemo(() => rows && digest(rows), [rows]);
  const before = useRef(shown);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const last = before.current;
    before.current = shown;
    if (last === null || last === shown) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      refetch({ requestPolicy: "network-only" });
    }, againMs);
  }, [shown, refetch]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  if (error) return <span>Totals could not be calculated.</span>;
  if (!data) {
    return (
      <span className="inline-block w-48" aria-hidden>
        <Skeleton />
      </span>
    );
  }
  const { count, capped, payouts } = data.conversionTotals;
  const counted = plural(count, "conversion", "conversions");
  return (
    <span className="tabular">
      {capped ? `The newest ${counted}` : counted}
      {payouts.map(({ amount, currency }) => (
        <span key={currency} translate="no" className="whitespace-nowrap">
          {" · "}
          {formatMoney(amount, currency)}
        </span>
      ))}
    </span>
  );
}
