import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { RotateCcw } from "lucide-react";
import { lazy, type ReactElement, Suspense, useState } from "react";

import { AttemptParts, Attempts } from "@/components/records/attempts";
import { ClickParts } from "@/components/records/click-parts";
import { DetailHead, DetailPart } from "@/components/records/detail-head";
import { MissingDetail } from "@/components/records/missing-detail";
import { TrackerLink } from "@/components/records/tracker-link";
import { Badge, StateBadge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { useHotkey } from "@/components/ui/hotkeys";
import { useReadOnly } from "@/components/ui/read-only";
import { ShortId } from "@/components/ui/short-id";
import { Note } from "@/components/ui/states";
import { RelativeTime, Time } from "@/components/ui/time";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useNode } from "@/graphql/use-node";
import { useIsStaff } from "@/graphql/viewer";

const DetailQuery = graphql(
  `
    query Delivery($id: ID!) {
      node(id: $id) {
        ... on Delivery {
          id
          deliveryId
          state
          reason
          status
          explanation
          warning
          createdAt
          deliveredAt
          nextAttemptAt
          test
          url
          goal {
            id
            name
          }
          affiliate {
            id
            name
          }
          campaign {
            id
            name
          }
          postback {
            id
            name
            sentTo
            tracker {
              id
              name
            }
          }
          version {
            id
            number
          }
          replayOf {
            id
            deliveryId
          }
          replays {
            id
            deliveryId
            state
          }
          supersededBy {
            id
            deliveryId
            state
          }
          aggregated {
            leftAt
            event {
              id
              status
              amount {
                amount
                currency
              }
            }
            conversion {
              id
              conversionId
              goal {
                id
                name
              }
            }
          }
          attempts {
            id
            ...AttemptParts
          }
          conversion {
            id
            conversionId
            transactionId
            amount {
              amount
              currency
            }
            payout {
              amount
              currency
            }
            occurredAt
            click {
              id
              ...ClickParts
            }
          }
        }
      }
    }
  `,
  [AttemptParts, ClickParts],
);

const DeliveryConversion = lazy(() =>
  import("./delivery-conversion").then((m) => ({ default: m.DeliveryConversion })),
);

const Warning = lazy(() => import("./warning").then((m) => ({ default: m.Warning })));

const Aggregated = lazy(() => import("./aggregated").then((m) => ({ default: m.Aggregated })));

const StopOrSend = lazy(() => import("./stop-or-send").then((m) => ({ default: m.StopOrSend })));

const ReplayDialog = lazy(() => import("./replay-dialog").then((m) => ({ default: m.ReplayDialog })));

type Node = NonNullable<ResultOf<typeof DetailQuery>["node"]>;
export type Delivery = Extract<Node, { deliveryId: unknown }>;

const route = getRouteApi("/shell/deliveries/$id");

/** Everything about one delivery: what became of it first, then every exchange, then where it came from. */
export function DeliveryDetail(): ReactElement {
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const detail = useNode({
    query: DetailQuery,
    id,
    pick: ({ node }) => (node && "deliveryId" in node ? node : null),
    follow: ({ deliveryId }) => deliveryId,
  });
  const close = () => {
    void navigate({ to: "/deliveries", search });
  };
  if (!detail.node) return <MissingDetail what="delivery" detail={detail} onClose={close} />;
  return <Detail delivery={detail.node} onClose={close} />;
}

const tones = {
  QUEUED: "queued",
  RETRYING: "retrying",
  DELIVERED: "delivered",
  FAILED: "failed",
  CANCELLED: "queued",
  HELD: "held",
} as const;

const hasEndedIn = (state: Delivery["state"]) => ["DELIVERED", "FAILED", "CANCELLED"].includes(state);

function Detail({ delivery, onClose }: { delivery: Delivery; onClose: () => void }): ReactElement {
  const [isReplaying, setReplaying] = useState(false);
  // Not while a replay of it waits.
  const canReplay =
    hasEndedIn(delivery.state) &&
    !delivery.test &&
    (!delivery.supersededBy || hasEndedIn(delivery.supersededBy.state));
  const isReadOnly = useReadOnly(true) !== null;
  useHotkey("r", () => {
    if (canReplay && !isReadOnly) setReplaying(true);
  });
  const { postback, supersededBy: replay } = delivery;

  return (
    <>
      <DetailHead
        title={
          <span className="flex min-w-0 flex-wrap items-center gap-2">
            {delivery.goal.name}
            <StateBadge state={delivery.state} replay={replay} warning={delivery.warning} />
            {delivery.test && <Badge tone="accent">Test</Badge>}
          </span>
        }
        name={`${delivery.goal.name} delivery`}
        onClose={onClose}
      >
        {!hasEndedIn(delivery.state) && (
          <Suspense>
            <StopOrSend delivery={delivery} />
          </Suspense>
        )}
        {canReplay && (
          <Button
            icon={RotateCcw}
            size="sm"
            writes
            onPress={() => {
              setReplaying(true);
            }}
          >
            Replay
          </Button>
        )}
      </DetailHead>

      <Outcome delivery={delivery} />

      <DetailPart
        title={delivery.attempts.length === 1 ? "1 attempt" : `${String(delivery.attempts.length)} attempts`}
      >
        {delivery.attempts.length === 0 ? (
          <p className="text-muted">Nothing sent yet.</p>
        ) : (
          <Attempts attempts={delivery.attempts} openFirst />
        )}
      </DetailPart>

      <DeliveryFacts delivery={delivery} />

      {delivery.aggregated.length > 0 && (
        <Suspense>
          <Aggregated aggregated={delivery.aggregated} />
        </Suspense>
      )}

      {delivery.conversion && (
        <Suspense>
          <DeliveryConversion
            conversion={delivery.conversion}
            status={delivery.status}
            isFirst={delivery.aggregated.length > 0}
          />
        </Suspense>
      )}

      <Suspense>
        {isReplaying && postback && delivery.version && (
          <ReplayDialog
            delivery={{ ...delivery, postback, version: delivery.version }}
            onClose={() => {
              setReplaying(false);
            }}
          />
        )}
      </Suspense>
    </>
  );
}

/** What became of it, in a sentence. */
function Outcome({ delivery }: { delivery: Delivery }): ReactElement {
  const replay = delivery.supersededBy;
  return (
    <div className="px-4 pt-4">
      <Note tone={tones[replay?.state ?? delivery.state]} role="status">
        {delivery.explanation}
        {replay && (
          <>
            {" "}
            <DeliveryLink {...replay} />
          </>
        )}
        {delivery.nextAttemptAt !== null && (
          <>
            {" "}
            {delivery.attempts.length === 0 ? "First attempt" : "Next attempt"}{" "}
            <RelativeTime at={delivery.nextAttemptAt} />.
          </>
        )}
      </Note>
      {delivery.warning !== null && (
        <Suspense>
          <Warning sentence={delivery.warning} campaignId={delivery.campaign?.id} />
        </Suspense>
      )}
    </div>
  );
}

function DeliveryFacts({ delivery }: { delivery: Delivery }): ReactElement {
  const isStaff = useIsStaff();
  const { postback } = delivery;
  return (
    <DetailPart title="Delivery">
      <Facts>
        <Fact name="Delivery id">
          <ShortId id={delivery.deliveryId} what="delivery id" whole />
        </Fact>
        <Fact name="Queued">
          <Time at={delivery.createdAt} form="full" />
        </Fact>
        {delivery.deliveredAt !== null && (
          <Fact name="Delivered">
            <Time at={delivery.deliveredAt} form="full" />
          </Fact>
        )}
        <Fact name="Postback">
          {postback ? (
            <>
              <Link to="/postbacks/$id" params={{ id: postback.id }} className="link">
                {postback.name || postback.sentTo}
              </Link>
              {delivery.version && <span className="text-muted">, version {delivery.version.number}</span>}
            </>
          ) : (
            "Not saved"
          )}
        </Fact>
        {postback?.tracker && (
          <Fact name="Tracker">
            <TrackerLink {...postback.tracker} />
          </Fact>
        )}
        {isStaff && <Fact name="Affiliate">{delivery.affiliate.name}</Fact>}
        <Fact name="Campaign">
          {delivery.campaign ? (
            <Link to="/campaigns/$id" params={{ id: delivery.campaign.id }} className="link">
              {delivery.campaign.name}
            </Link>
          ) : (
            "The offer's default link"
          )}
        </Fact>
        {delivery.replayOf && (
          <Fact name="Replay of">
            <DeliveryLink {...delivery.replayOf} />
          </Fact>
        )}
        {delivery.replays.length > 0 && (
          <Fact name="Replayed as">
            <span className="flex flex-col gap-1">
              {delivery.replays.map((replay) => (
                <span key={replay.id} className="flex items-center gap-2">
                  <DeliveryLink {...replay} />
                  <StateBadge state={replay.state} plain />
                </span>
              ))}
            </span>
          </Fact>
        )}
      </Facts>
    </DetailPart>
  );
}

function DeliveryLink({ id, deliveryId }: { id: string; deliveryId: string }): ReactElement {
  const search = route.useSearch();
  return (
    <Link to="/deliveries/$id" params={{ id }} search={search} className="link">
      <ShortId id={deliveryId} />
    </Link>
  );
}
