import { Link } from "@tanstack/react-router";
import { ArrowDownRight, ArrowUpRight } from "lucide-react";
import { type ReactElement, type ReactNode, useEffect } from "react";
import { useQuery } from "urql";

import { Figure, Figures } from "@/components/ui/figure";
import { formatNumber } from "@/components/ui/format";
import { Sums } from "@/components/ui/money";
import { ErrorState } from "@/components/ui/states";
import { useZone } from "@/components/ui/time";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useIsStaff } from "@/graphql/viewer";

import { AttentionQuery } from "./attention-query";

const TodayQuery = graphql(`
  query HomeNumbers($timeZone: String) {
    homeNumbers(timeZone: $timeZone) {
      timeZone
      clicksWithoutParam
      today {
        clicks
        registrations
        ftds
        payouts {
          amount
          currency
        }
      }
      yesterdaySoFar {
        clicks
        registrations
        ftds
        payouts {
          amount
          currency
        }
      }
    }
  }
`);

type Day = ResultOf<typeof TodayQuery>["homeNumbers"]["today"];

/** How often the numbers are asked for while the page is looked at. */
const everyMs = 30_000;

/** Today so far, against yesterday until the same time, in the viewer's own days. */
export function Today(): ReactElement {
  const timeZone = useZone();
  const isSaid = useIsSaid();
  const [{ data, error }, ask] = useQuery({
    query: TodayQuery,
    variables: { timeZone },
    requestPolicy: "cache-and-network",
  });
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) ask({ requestPolicy: "network-only" });
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [ask]);

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
  const today = data?.homeNumbers.today;
  const before = data?.homeNumbers.yesterdaySoFar;
  const without = isSaid ? 0 : (data?.homeNumbers.clicksWithoutParam ?? 0);
  return (
    <Figures label="Today so far">
      <Count name="Clicks today" now={today?.clicks} before={before?.clicks}>
        {without > 0 && (
          <Link to="/clicks" search={{ param: "none" }} className="link block text-retrying">
            {formatNumber(without)} of today’s clicks {without === 1 ? "carries" : "carry"} no param_1
          </Link>
        )}
      </Count>
      <Count name="Registrations" now={today?.registrations} before={before?.registrations} />
      <Count name="FTDs" now={today?.ftds} before={before?.ftds} />
      <Figure name="Payout, approved" value={today && <Sums of={today.payouts} />}>
        {today && before && before.payouts.length > 0 && (
          <>
            <PayoutTrend now={today} before={before} /> <Sums of={before.payouts} /> yesterday at this time
          </>
        )}
      </Figure>
    </Figures>
  );
}

/** Whether the attention list says already that clicks come without param_1. */
function useIsSaid(): boolean {
  const [{ data }] = useQuery({ query: AttentionQuery, pause: useIsStaff() });
  return data?.attention.items.some((item) => item.alert?.kind === "CLICKS_WITHOUT_PARAM") ?? false;
}

/** Which way payouts go, where both days have the one currency: more than one cannot be set against each other. */
function PayoutTrend({ now, before }: { now: Day; before: Day }): ReactElement | null {
  const [one, another] = [...now.payouts, ...before.payouts];
  if (now.payouts.length > 1 || before.payouts.length > 1 || (another && one?.currency !== another.currency))
    return null;
  return <Trend now={Number(now.payouts[0]?.amount ?? 0)} before={Number(before.payouts[0]?.amount ?? 0)} />;
}

/** Up or down; nothing where it is the same. */
function Trend({ now, before }: { now: number; before: number }): ReactElement | null {
  if (now === before) return null;
  return now > before ? (
    <ArrowUpRight aria-hidden className="inline size-3.5 text-delivered" />
  ) : (
    <ArrowDownRight aria-hidden className="inline size-3.5 text-failed" />
  );
}

function Count({
  name,
  now,
  before,
  children,
}: {
  name: string;
  now: number | undefined;
  before: number | undefined;
  children?: ReactNode;
}): ReactElement {
  return (
    <Figure name={name} value={now === undefined ? undefined : formatNumber(now)}>
      {now !== undefined && before !== undefined && (
        <>
          <Trend now={now} before={before} /> {formatNumber(before)} yesterday at this time
        </>
      )}
      {children}
    </Figure>
  );
}
