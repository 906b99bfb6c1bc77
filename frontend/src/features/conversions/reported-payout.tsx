import type { ReactElement } from "react";
import { useQuery } from "urql";

import { Fact } from "@/components/ui/facts";
import { Money } from "@/components/ui/money";
import { graphql } from "@/graphql/graphql";

const ReportedPayoutQuery = graphql(`
  query ReportedPayout($id: ID!) {
    node(id: $id) {
      ... on Conversion {
        id
        reportedPayout {
          amount
          currency
        }
        payoutDifference {
          amount
          currency
        }
      }
    }
  }
`);

/** Staff only: what the operator says that it pays, and how far that is from our payout. */
export function ReportedPayout({ id }: { id: string }): ReactElement | null {
  const [{ data }] = useQuery({ query: ReportedPayoutQuery, variables: { id } });
  const node = data?.node;
  if (!node || !("reportedPayout" in node) || node.reportedPayout === null) return null;
  return (
    <Fact name="Operator’s payout">
      <Money value={node.reportedPayout} />
      {node.payoutDifference !== null && (
        <span className="text-muted">
          , less our payout: <Money value={node.payoutDifference} />
        </span>
      )}
    </Fact>
  );
}
