import { Link } from "@tanstack/react-router";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { type ReactElement, type ReactNode, useEffect } from "react";
import { useQuery } from "urql";

import { lower } from "@/components/records/address";
import { CopyButton } from "@/components/ui/copy-button";
import { formatNumber, formatPercent, plural } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import { rowLinkClass } from "@/components/ui/table";
import { RelativeTime } from "@/components/ui/time";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { usePublicUrl } from "@/graphql/viewer";

import { NetworkSetUp, useNetworkSetUp } from "./network-set-up";
import { paramMessage } from "./param-message";

const StaffHomeQuery = graphql(`
  query StaffHome {
    staffHome {
      unattributed
      oldestUnattributedAt
      clashes
      silent {
        lastCallAt
        integration {
          id
          name
        }
      }
      refused {
        integrationKey
        result
        count
        reason
        lastAt
        integration {
          id
          name
        }
      }
      deadDestinations {
        offer {
          id
          name
        }
        landingPage {
          id
          name
        }
        check {
          message
          deadSince
        }
      }
      circuits {
        address
        sentTo
        sentence
        waiting
      }
      withoutParam {
        clicks
        without
        affiliate {
          id
          name
        }
      }
    }
  }
`);

type Waiting = NonNullable<ResultOf<typeof StaffHomeQuery>["staffHome"]>;

/** How often it is asked for while the page is looked at. */
const everyMs = 30_000;

/** What waits for staff: each line leads to where it is dealt with. */
export function StaffHome(): ReactElement {
  const [{ data, error }, ask] = useQuery({ query: StaffHomeQuery, requestPolicy: "cache-and-network" });
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) ask({ requestPolicy: "network-only" });
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [ask]);
  const network = useNetworkSetUp();
  const waiting = network === undefined ? undefined : data?.staffHome;
  // Where nobody called yet, it says nothing that nothing waits.
  if (network && waiting && isNothing(waiting)) return <NetworkSetUp network={network} />;
  return (
    <>
      {network && <NetworkSetUp network={network} />}
      <Panel title="Waiting for you" flush>
        {waiting ? (
          <Lines waiting={waiting} />
        ) : error ? (
          <ErrorState
            title="What waits could not be fetched"
            message={explain(error)}
            onRetry={() => {
              ask({ requestPolicy: "network-only" });
            }}
          />
        ) : (
          <SkeletonBlock label="Loading what waits" />
        )}
      </Panel>
    </>
  );
}

function isNothing({ unattributed, clashes, ...lists }: Waiting): boolean {
  const { silent, refused, deadDestinations, circuits, withoutParam } = lists;
  return (
    unattributed + clashes === 0 &&
    [silent, refused, deadDestinations, circuits, withoutParam].every((lines) => lines.length === 0)
  );
}

function Lines({ waiting }: { waiting: Waiting }): ReactElement {
  const { unattributed, clashes, silent, refused, deadDestinations, circuits, withoutParam } = waiting;
  if (isNothing(waiting)) return <NothingWaits />;
  return (
    <ul aria-label="Waiting for you" className="divide-y">
      {unattributed > 0 && <Unattributed count={unattributed} oldestAt={waiting.oldestUnattributedAt} />}
      {clashes > 0 && <Clashes count={clashes} />}
      {silent.map(({ integration, lastCallAt }) => (
        <Line
          key={integration.id}
          link={
            <Link to="/staff/integrations/$id" params={{ id: integration.id }} className={rowLinkClass}>
              {integration.name} is silent
            </Link>
          }
        >
          Its operator called last <RelativeTime at={lastCallAt} />: within the last 7 days, but not in the
          last 24 hours.
        </Line>
      ))}
      {refused.map((calls) => (
        <Refused key={`${calls.integrationKey} ${calls.result}`} calls={calls} />
      ))}
      {deadDestinations.map((dead) => (
        <Dead key={`${dead.offer.id} ${dead.landingPage?.id ?? ""}`} dead={dead} />
      ))}
      {circuits.map(({ address, sentTo, sentence, waiting: held }) => (
        <Line
          key={address}
          link={
            <Link to="/staff/engine" className={rowLinkClass}>
              {sentTo} takes no postbacks
            </Link>
          }
        >
          {sentence} {held > 0 && `${plural(held, "delivery waits", "deliveries wait")}.`}
        </Line>
      ))}
      {withoutParam.map((line) => (
        <WithoutParam key={line.affiliate.id} line={line} />
      ))}
    </ul>
  );
}

function NothingWaits(): ReactElement {
  return (
    <p className="flex items-start gap-2 px-4 py-3 text-muted">
      <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-delivered" />
      Nothing waits: every conversion has its click, no report clashes, every operator called within 24 hours,
      no call was refused, every destination answers, every tracker accepts postbacks, and every click carries
      param_1.
    </p>
  );
}

function Unattributed({ count, oldestAt }: { count: number; oldestAt: string | null }): ReactElement {
  return (
    <Line
      link={
        <Link to="/staff/unattributed" className={rowLinkClass}>
          {count >= 10_000 ? "10,000 or more" : formatNumber(count)} unattributed{" "}
          {count === 1 ? "conversion" : "conversions"}
        </Link>
      }
    >
      They pay nobody and fire nothing until they have a click.
      {oldestAt !== null && (
        <>
          {" "}
          The oldest came <RelativeTime at={oldestAt} />.
        </>
      )}
    </Line>
  );
}

function Clashes({ count }: { count: number }): ReactElement {
  return (
    <Line
      link={
        <Link to="/staff/clashes" className={rowLinkClass}>
          {count >= 10_000 ? "10,000 or more" : formatNumber(count)} {count === 1 ? "clash" : "clashes"}
        </Link>
      }
    >
      Reports of a recorded transaction with another click or player: the same event, or another one?
    </Line>
  );
}

const refusals: Record<string, string> = {
  INVALID: "invalid",
  UNAUTHORIZED: "unauthorized",
  UNKNOWN_INTEGRATION: "to an unknown integration",
  RATE_LIMITED: "over the rate limit",
};

function Refused({ calls }: { calls: Waiting["refused"][number] }): ReactElement {
  const { integration, integrationKey, result, count, reason, lastAt } = calls;
  return (
    <Line
      link={
        <Link
          to="/staff/received"
          search={{ result: [lower(result)], ...(integration && { integration: integration.id }) }}
          className={rowLinkClass}
        >
          {plural(count, "call", "calls")} of {integration?.name ?? `“${integrationKey}”`} refused:{" "}
          {refusals[result] ?? result.toLowerCase().replaceAll("_", " ")}
        </Link>
      }
    >
      In 24 hours, last <RelativeTime at={lastAt} />: {reason}
    </Line>
  );
}

function Dead({ dead }: { dead: Waiting["deadDestinations"][number] }): ReactElement {
  const { offer, landingPage, check } = dead;
  return (
    <Line
      link={
        <Link to="/staff/offers/$id" params={{ id: offer.id }} className={rowLinkClass}>
          {landingPage === null ? "The destination" : `The landing page ${landingPage.name}`} of {offer.name}{" "}
          is dead
        </Link>
      }
    >
      {check.message.replace(/\.$/, "")}
      {check.deadSince !== null && (
        <>
          , since <RelativeTime at={check.deadSince} />
        </>
      )}
      . Its clicks lead nowhere.
    </Line>
  );
}

function WithoutParam({ line }: { line: Waiting["withoutParam"][number] }): ReactElement {
  const publicUrl = usePublicUrl();
  const { affiliate, clicks, without } = line;
  return (
    <Line
      link={
        <Link
          to="/clicks"
          search={{ affiliate: affiliate.id, range: "24h", param: "none" }}
          className={rowLinkClass}
        >
          {affiliate.name}: {plural(without, "click", "clicks")} without param_1
        </Link>
      }
      aside={
        <CopyButton
          text={paramMessage({ name: affiliate.name, clicks, without }, publicUrl)}
          what="message"
          words
        />
      }
    >
      {formatPercent(without / clicks)} of {plural(clicks, "click", "clicks")} in 24 hours. Their conversions
      reach the tracker without its click id.
    </Line>
  );
}

function Line({
  link,
  aside,
  children,
}: {
  link: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
}): ReactElement {
  return (
    <li className="relative flex flex-wrap items-start gap-2.5 px-4 py-2.5 hover:bg-hover">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-retrying" />
      <div className="min-w-0 flex-1">
        {link}
        <p className="text-muted text-pretty break-words">{children}</p>
      </div>
      {aside !== undefined && <div className="relative z-10 max-sm:basis-full max-sm:pl-6.5">{aside}</div>}
    </li>
  );
}
