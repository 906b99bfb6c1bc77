import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Check, GitBranch, type LucideIcon, Minus, MousePointerClick, Radio, Webhook } from "lucide-react";
import { type ReactElement, type ReactNode } from "react";

import { AttemptParts, Attempts } from "@/components/records/attempts";
import { Attribution } from "@/components/records/attribution";
import { ClickFacts } from "@/components/records/click-facts";
import { ClickParts } from "@/components/records/click-parts";
import { DetailHead } from "@/components/records/detail-head";
import { MissingDetail } from "@/components/records/missing-detail";
import { TrackerLink } from "@/components/records/tracker-link";
import { StateBadge, stateWord } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Fact, Facts } from "@/components/ui/facts";
import { plural } from "@/components/ui/format";
import { Money } from "@/components/ui/money";
import { ShortId } from "@/components/ui/short-id";
import { Time } from "@/components/ui/time";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useNode } from "@/graphql/use-node";
import { useIsStaff } from "@/graphql/viewer";

import { ReportedPayout } from "./reported-payout";

const TraceQuery = graphql(
  `
    query ConversionTrace($id: ID!) {
      conversionTrace(conversionId: $id) {
        conversion {
          id
          conversionId
          status
          reversed
          clickId
          playerId
          transactionId
          cappedBy
          occurredAt
          receivedAt
          affiliate {
            id
            name
          }
          goal {
            id
            name
            trigger
          }
          offer {
            id
            name
          }
          campaign {
            id
            name
          }
          amount {
            amount
            currency
          }
          payout {
            amount
            currency
          }
          events {
            id
            previousStatus
            status
            reason
            actor
            receivedAt
            amount {
              amount
              currency
            }
          }
        }
        click {
          id
          ...ClickParts
        }
        considered {
          fired
          rule
          reason
          aggregatedInto {
            id
            deliveryId
          }
          event {
            id
            status
          }
          postback {
            id
            name
            sentTo
            scope
            tracker {
              id
              name
            }
            goal {
              id
              name
            }
          }
        }
        deliveries {
          id
          deliveryId
          state
          supersededBy {
            id
            state
          }
          warning
          explanation
          sentTo
          createdAt
          postback {
            id
            name
          }
          attempts {
            id
            ...AttemptParts
          }
        }
      }
    }
  `,
  [AttemptParts, ClickParts],
);

type Trace = NonNullable<ResultOf<typeof TraceQuery>["conversionTrace"]>;

const route = getRouteApi("/shell/conversions/$id");

/** What a step changed: the status, or only what was reported with it. */
function cameFrom({ previousStatus, status }: Trace["conversion"]["events"][number]): string {
  if (previousStatus === null) return "";
  return previousStatus === status ? "corrected, " : `was ${stateWord(previousStatus).toLowerCase()}, `;
}

/** A conversion that is cancelled after its approval is reversed: its payout is taken back. */
function isReversal({ previousStatus, status }: Trace["conversion"]["events"][number]): boolean {
  return status === "CANCELLED" && previousStatus === "APPROVED";
}

/** Everything that followed from one conversion, in the order in which it happened. */
export function ConversionChain(): ReactElement {
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const detail = useNode({
    query: TraceQuery,
    id,
    pick: (data) => data.conversionTrace,
    follow: ({ conversion }) => conversion.conversionId,
  });
  const close = () => {
    void navigate({ to: "/conversions", search });
  };
  if (!detail.node) return <MissingDetail what="conversion" detail={detail} onClose={close} />;
  return <Chain trace={detail.node} onClose={close} />;
}

/** What came of it, in a sentence. */
function summary({ considered, deliveries }: Trace): string {
  if (considered.length === 0 && deliveries.length === 0) {
    return "No postback was considered: none existed when it was recorded.";
  }
  const fired = considered.filter((c) => c.fired).length;
  if (fired === 0 && deliveries.length === 0) {
    return `Nothing was sent: ${plural(considered.length, "postback was", "postbacks were")} considered, none matched.`;
  }
  const done = deliveries.filter((d) => d.state === "DELIVERED").length;
  return `${plural(deliveries.length, "delivery", "deliveries")}, ${String(done)} delivered.`;
}

function Chain({ trace, onClose }: { trace: Trace; onClose: () => void }): ReactElement {
  const { conversion, click, considered, deliveries } = trace;
  return (
    <>
      <DetailHead
        title={
          <span className="flex flex-wrap items-center gap-2">
            {conversion.goal.name}
            <StateBadge state={conversion.reversed ? "REVERSED" : conversion.status} />
          </span>
        }
        name={`${conversion.goal.name} conversion`}
        onClose={onClose}
      />
      <p className="px-4 pt-4 text-muted">{summary(trace)}</p>
      <ol className="flex flex-col px-4 py-4">
        <Step icon={MousePointerClick} title="Click">
          {click ? (
            <ClickFacts click={click} />
          ) : conversion.clickId !== null ? (
            <p className="text-muted">
              The click <ShortId id={conversion.clickId} what="click id" /> is no longer kept.
            </p>
          ) : (
            <p className="text-muted">No click: attributed by player, or not attributed yet.</p>
          )}
        </Step>
        <Step icon={GitBranch} title="Conversion">
          <ConversionFacts conversion={conversion} />
          {conversion.events.length > 0 && <StatusHistory events={conversion.events} />}
        </Step>
        <Step
          icon={Webhook}
          title={`${plural(considered.length, "postback", "postbacks")} considered, ${String(
            considered.filter((c) => c.fired).length,
          )} fired`}
        >
          <Considered considered={considered} />
        </Step>
        <Step icon={Radio} title={plural(deliveries.length, "delivery", "deliveries")} last>
          {deliveries.length === 0 ? (
            <p className="text-muted">Nothing was sent.</p>
          ) : (
            <Deliveries deliveries={deliveries} />
          )}
        </Step>
      </ol>
    </>
  );
}

function ConversionFacts({ conversion }: { conversion: Trace["conversion"] }): ReactElement {
  const isStaff = useIsStaff();
  return (
    <Facts>
      <Fact name="Conversion id">
        <ShortId id={conversion.conversionId} what="conversion id" whole />
      </Fact>
      <Fact name="Goal">
        {conversion.goal.name}
        <span className="text-muted"> · {conversion.goal.trigger}</span>
      </Fact>
      {isStaff && <Fact name="Affiliate">{conversion.affiliate?.name ?? "Not attributed"}</Fact>}
      {isStaff && (
        <Fact name="Attribution">
          <Attribution id={conversion.id} />
        </Fact>
      )}
      <Fact name="Offer">{conversion.offer.name}</Fact>
      {conversion.campaign && (
        <Fact name="Campaign">
          <Link to="/campaigns/$id" params={{ id: conversion.campaign.id }} className="link">
            {conversion.campaign.name}
          </Link>
        </Fact>
      )}
      <Fact name="Amount">
        <Money value={conversion.amount} />
      </Fact>
      <Fact name="Payout">
        <Money value={conversion.payout} />
        {conversion.cappedBy !== null && (
          <span className="text-muted">
            {" "}
            Not paid: the daily cap of the {conversion.cappedBy.toLowerCase()} was used up.
          </span>
        )}
      </Fact>
      {isStaff && <ReportedPayout id={conversion.id} />}
      {conversion.playerId !== null && (
        <Fact name="Player">
          <ShortId id={conversion.playerId} what="player id" whole />
        </Fact>
      )}
      {conversion.transactionId !== null && (
        <Fact name="Transaction id">
          <ShortId id={conversion.transactionId} what="transaction id" whole />
        </Fact>
      )}
      <Fact name="Occurred">
        <Time at={conversion.occurredAt} form="full" />
      </Fact>
      <Fact name="Received">
        <Time at={conversion.receivedAt} form="full" />
      </Fact>
    </Facts>
  );
}

function StatusHistory({ events }: { events: Trace["conversion"]["events"] }): ReactElement {
  return (
    <ol aria-label="Status history" className="mt-3 flex flex-col gap-1.5 border-t pt-3">
      {events.map((event) => (
        <li key={event.id} className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
          <span className="text-muted">
            <Time at={event.receivedAt} />
          </span>
          <StateBadge state={isReversal(event) ? "REVERSED" : event.status} plain />
          <span className="text-muted">
            {cameFrom(event)}
            by {event.actor.toLowerCase()}
            {event.reason !== null && `: ${event.reason}`}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Deliveries({ deliveries }: { deliveries: Trace["deliveries"] }): ReactElement {
  return (
    <ul className="flex flex-col gap-3">
      {deliveries.map((delivery) => (
        <li key={delivery.id} className="rounded-md border">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-2">
            <StateBadge state={delivery.state} replay={delivery.supersededBy} warning={delivery.warning} />
            <Link to="/deliveries/$id" params={{ id: delivery.id }} className="link min-w-0 truncate">
              {delivery.postback?.name || delivery.sentTo}
            </Link>
            <span className="text-muted">
              <Time at={delivery.createdAt} />
            </span>
          </div>
          <div className="px-3 py-2">
            <p className="mb-2 text-muted">{delivery.explanation}</p>
            <Attempts attempts={delivery.attempts} />
          </div>
        </li>
      ))}
    </ul>
  );
}

/** One link of the chain. */
function Step({
  icon: Icon,
  title,
  last,
  children,
}: {
  icon: LucideIcon;
  title: string;
  last?: boolean;
  children: ReactNode;
}): ReactElement {
  return (
    <li className={cx("relative pl-9", last !== true && "pb-6")}>
      {last !== true && <span aria-hidden className="absolute top-7 bottom-0 left-3 w-px bg-line" />}
      <span
        aria-hidden
        className="absolute top-0 left-0 flex size-6 items-center justify-center rounded-full border bg-surface text-muted"
      >
        <Icon className="size-3.5" />
      </span>
      <h3 className="mb-2 flex h-6 items-center font-semibold">{title}</h3>
      {children}
    </li>
  );
}

const scopes = { GLOBAL: "all campaigns", OFFER: "one offer", CAMPAIGN: "one campaign" } as const;

/** Each postback with what was decided; those that fired first. */
function Considered({ considered }: { considered: Trace["considered"] }): ReactElement {
  if (considered.length === 0) {
    return (
      <div className="flex flex-wrap items-center gap-3 text-muted">
        No postback existed.
        <Link to="/postbacks/new" className={buttonClass("plain", "sm")}>
          Create postback
        </Link>
      </div>
    );
  }
  const sorted = [...considered].sort((a, b) => Number(b.fired) - Number(a.fired));
  return (
    <ul className="flex flex-col divide-y rounded-md border">
      {sorted.map(({ postback, event, fired, reason, rule, aggregatedInto }) => (
        <li key={`${postback.id} ${event.id}`} className="flex items-start gap-2.5 px-3 py-2">
          {fired ? (
            <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-delivered" />
          ) : (
            <Minus aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />
          )}
          <div className="min-w-0">
            <div className="flex flex-wrap items-center gap-x-2">
              <Link to="/postbacks/$id" params={{ id: postback.id }} className="link">
                {postback.name || postback.sentTo}
              </Link>
              <span className="text-muted">
                {postback.goal.name}, {scopes[postback.scope]}
              </span>
            </div>
            <p className={fired ? "text-delivered" : "text-muted"}>
              <span className="sr-only">{fired ? "It fired. " : "It did not fire. "}</span>
              {reason || rule.toLowerCase()}
              {rule === "TRACKER" && postback.tracker !== null && (
                <>
                  {" "}
                  <TrackerLink {...postback.tracker}>Campaigns of {postback.tracker.name}</TrackerLink>
                </>
              )}
              {aggregatedInto !== null && (
                <>
                  {" "}
                  Aggregated into delivery{" "}
                  <Link to="/deliveries/$id" params={{ id: aggregatedInto.id }} className="link">
                    <ShortId id={aggregatedInto.deliveryId} />
                  </Link>
                  .
                </>
              )}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
