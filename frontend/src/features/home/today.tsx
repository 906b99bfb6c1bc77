import { ArrowDownRight, ArrowUpRight } from "lucide-react";
import { type ReactElement, type ReactNode, useEffect } from "react";
import { useQuery } from "urql";

import { formatMoney, formatNumber } from "@/components/ui/format";
import { Skeleton } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useViewer } from "@/graphql/viewer";

const TodayQuery = graphql(`
  query HomeNumbers($timeZone: String) {
    homeNumbers(timeZone: $timeZone) {
      timeZone
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

const browsersZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** How often the numbers are asked for while the page is looked at. */
const everyMs = 30_000;

/** Today so far, against yesterday until the same time, in the viewer's own days. */
export function Today(): ReactElement {
  const viewer = useViewer();
  const [{ data, error }, ask] = useQuery({
    query: TodayQuery,
    variables: { timeZone: viewer?.user.timeZone || browsersZone },
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
  return (
    <dl
      aria-label="Today so far"
      className="grid grid-cols-2 divide-x divide-y rounded-md border bg-surface md:grid-cols-4 md:divide-y-0 max-md:[&>*:nth-child(-n+2)]:border-t-0 max-md:[&>*:nth-child(odd)]:border-l-0"
    >
      <Count name="Clicks today" now={today?.clicks} before={before?.clicks} />
      <Count name="Registrations" now={today?.registrations} before={before?.registrations} />
      <Count name="First deposits" now={today?.ftds} before={before?.ftds} />
      <Figure name="Payout, approved" value={today && <Payouts day={today} />}>
        {today && before && before.payouts.length > 0 && (
          <>
            <PayoutTrend now={today} before={before} /> <Payouts day={before} /> yesterday by now
          </>
        )}
      </Figure>
    </dl>
  );
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

function Payouts({ day }: { day: Day }): ReactElement {
  if (day.payouts.length === 0) return <>–</>;
  return <>{day.payouts.map(({ amount, currency }) => formatMoney(amount, currency)).join(" + ")}</>;
}

function Count({
  name,
  now,
  before,
}: {
  name: string;
  now: number | undefined;
  before: number | undefined;
}): ReactElement {
  return (
    <Figure name={name} value={now === undefined ? undefined : formatNumber(now)}>
      {now !== undefined && before !== undefined && (
        <>
          <Trend now={now} before={before} /> {formatNumber(before)} yesterday by now
        </>
      )}
    </Figure>
  );
}

function Figure({
  name,
  value,
  children,
}: {
  name: string;
  value: ReactNode;
  children: ReactNode;
}): ReactElement {
  return (
    <div className="min-w-0 px-4 py-3">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="tabular mt-0.5 text-2xl font-semibold tracking-tight break-words">
        {value ?? <Skeleton className="my-1.5 h-5 w-16" />}
      </dd>
      <dd className="tabular mt-0.5 min-h-5 text-sm text-muted">{children}</dd>
    </div>
  );
}
