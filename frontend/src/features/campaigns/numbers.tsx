import type { ReactElement } from "react";
import { useQuery } from "urql";

import { Figure, Figures } from "@/components/ui/figure";
import { formatNumber, formatPercent } from "@/components/ui/format";
import { Sums } from "@/components/ui/money";
import { Panel } from "@/components/ui/page";
import { ErrorState } from "@/components/ui/states";
import { useZone } from "@/components/ui/time";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";

import { DaysChart } from "./days-chart";

const NumbersQuery = graphql(`
  query CampaignNumbers($id: ID!, $timeZone: String) {
    node(id: $id) {
      ... on Campaign {
        id
        numbers(timeZone: $timeZone) {
          total {
            clicks
            registrations
            ftds
            payouts {
              amount
              currency
            }
          }
          days {
            from
            clicks
            ftds
          }
        }
      }
    }
  }
`);

/** What a campaign brought in the last thirty days, and on which of them. */
export function Numbers({ id }: { id: string }): ReactElement {
  const timeZone = useZone();
  const [{ data, error }, ask] = useQuery({
    query: NumbersQuery,
    variables: { id, timeZone },
    requestPolicy: "cache-and-network",
  });
  if (error && !data) {
    return (
      <ErrorState
        title="The numbers could not be fetched"
        message={explain(error)}
        onRetry={() => {
          ask({ requestPolicy: "network-only" });
        }}
      />
    );
  }
  const numbers = data?.node && "numbers" in data.node ? data.node.numbers : undefined;
  const total = numbers?.total;
  return (
    <section aria-label="The last 30 days" className="flex flex-col gap-4">
      <Figures label="In the last 30 days">
        <Figure name="Clicks, 30 days" value={total && formatNumber(total.clicks)} />
        <Figure name="Registrations" value={total && formatNumber(total.registrations)}>
          {total && <Share part={total.registrations} of={total.clicks} what="of clicks" />}
        </Figure>
        <Figure name="FTDs" value={total && formatNumber(total.ftds)}>
          {total && <Share part={total.ftds} of={total.registrations} what="of registrations" />}
        </Figure>
        <Figure name="Payout, approved" value={total && <Sums of={total.payouts} />} />
      </Figures>
      {numbers && numbers.total.clicks > 0 && (
        <Panel title="Day by day">
          <DaysChart days={numbers.days} />
        </Panel>
      )}
    </section>
  );
}

function Share({ part, of, what }: { part: number; of: number; what: string }): ReactElement | null {
  if (of === 0 || part > of) return null;
  return (
    <>
      {formatPercent(part / of)} {what}
    </>
  );
}
