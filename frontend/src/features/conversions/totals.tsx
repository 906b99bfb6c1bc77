import type { ReactElement } from "react";
import { useQuery } from "urql";

import { formatMoney, plural } from "@/components/ui/format";
import { Skeleton } from "@/components/ui/skeleton";
import { graphql, type VariablesOf } from "@/graphql/graphql";

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

/** How many conversions the filters leave, and what they pay, each currency apart. */
export function Totals({ filter }: Required<VariablesOf<typeof TotalsQuery>>): ReactElement {
  const [{ data, error }] = useQuery({
    query: TotalsQuery,
    variables: { filter },
    requestPolicy: "cache-and-network",
  });
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
