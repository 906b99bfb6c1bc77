import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useQuery } from "urql";

import { reasonInWords } from "@/components/records/reasons";
import { Badge } from "@/components/ui/badge";
import { Fact, Facts } from "@/components/ui/facts";
import { formatDuration, formatNumber, formatPercent } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import { Time } from "@/components/ui/time";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { EndpointParts } from "./endpoint-parts";
import { HoursChart } from "./hours-chart";
import type { Postback } from "./one-postback";

const EndpointQuery = graphql(
  `
    query PostbackEndpoint($id: ID!) {
      node(id: $id) {
        ... on Postback {
          id
          endpoint {
            ...EndpointParts
          }
        }
      }
    }
  `,
  [EndpointParts],
);

/** How the postback fares, and the tracker that it goes to. */
export function HealthTab({ postback }: { postback: Postback }): ReactElement {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <LastDay
        title="This postback, last 24 hours"
        health={postback.health}
        log={{ postback: postback.id }}
      />
      <Tracker id={postback.id} />
    </div>
  );
}

/** The median, and what all but one in twenty stay under. */
function tookInWords(p50Ms: number | null, p95Ms: number | null): string {
  return p50Ms === null ? "–" : `${formatDuration(p50Ms)} median, ${formatDuration(p95Ms ?? p50Ms)} p95`;
}

function rateInWords(rate: number | null, none: string): string {
  return rate === null ? none : formatPercent(rate);
}

/** How deliveries went in the last day. */
export function LastDay({
  title,
  health,
  log,
}: {
  title: string;
  health: Postback["health"];
  /** As the log's address names whose they are. */
  log: { postback: string } | { tracker: string };
}): ReactElement {
  return (
    <Panel title={title}>
      <HoursChart hours={health.hours} />
      <Facts>
        <Fact name="Success rate">{rateInWords(health.successRate, "No results yet")}</Fact>
        <Fact name="Delivered">{formatNumber(health.delivered)}</Fact>
        {health.withoutClickId > 0 && (
          <Fact name="Without a click id">
            <Link
              to="/deliveries"
              search={{ ...log, warning: "only", range: "24h" }}
              className="link text-retrying"
            >
              {formatNumber(health.withoutClickId)} of {formatNumber(health.delivered)}
            </Link>
          </Fact>
        )}
        <Fact name="Failed">{formatNumber(health.failed)}</Fact>
        <Fact name="Waiting">{formatNumber(health.waiting)}</Fact>
        <Fact name="Time to deliver">{tookInWords(health.p50Ms, health.p95Ms)}</Fact>
        <Fact name="Last failure">
          {health.lastFailureAt === null ? (
            "None"
          ) : (
            <>
              <Time at={health.lastFailureAt} form="full" />
              {health.lastFailureReason !== null && (
                <span className="text-muted">: {reasonInWords(health.lastFailureReason)}</span>
              )}
            </>
          )}
        </Fact>
      </Facts>
    </Panel>
  );
}

const circuits = {
  CLOSED: ["Normal", "delivered"],
  OPEN: ["Waiting: tracker unavailable", "held"],
  HALF_OPEN: ["Testing", "retrying"],
  RECOVERING: ["Recovering", "retrying"],
} as const;

/** The tracker's host. */
function Tracker({ id }: { id: string }): ReactElement {
  const [{ data, error }, refetch] = useQuery({
    query: EndpointQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const node = data?.node;
  const endpoint = node && "endpoint" in node ? node.endpoint : null;
  if (endpoint === null) {
    return (
      <Panel title="Tracker">
        {error ? (
          <ErrorState
            title="The tracker's status could not be fetched"
            message={explain(error)}
            onRetry={() => {
              refetch({ requestPolicy: "network-only" });
            }}
          />
        ) : (
          <SkeletonBlock label="Loading the tracker's status" lines={5} />
        )}
      </Panel>
    );
  }
  return <EndpointPanel title="Tracker, all your postbacks" endpoint={endpoint} />;
}

/** A tracker's server: whether it is sent to, and what waits for it from all postbacks. */
export function EndpointPanel({
  title,
  endpoint,
}: {
  title: string;
  endpoint: ResultOf<typeof EndpointParts>;
}): ReactElement {
  const { circuit, sentence, because, openedAt, probeAt, waiting, oldestWaitingAt } = endpoint;
  const [word, tone] = circuits[circuit];
  return (
    <Panel title={title}>
      <Facts>
        <Fact name="Sent to">
          <span translate="no" className="font-mono text-sm break-all">
            {endpoint.sentTo}
          </span>
        </Fact>
        <Fact name="Status">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <Badge tone={tone}>{word}</Badge>
            <span className="text-muted">{sentence}</span>
          </span>
        </Fact>
        {openedAt !== null && (
          <Fact name="Since">
            <Time at={openedAt} form="full" />
            {because !== null && <span className="text-muted">: {reasonInWords(because)}</span>}
          </Fact>
        )}
        {probeAt !== null && (
          <Fact name="Next attempt">
            <Time at={probeAt} form="full" />
          </Fact>
        )}
        <Fact name="Waiting">
          {formatNumber(waiting)}
          {oldestWaitingAt !== null && (
            <span className="text-muted">
              , oldest since <Time at={oldestWaitingAt} form="full" />
            </span>
          )}
        </Fact>
        <Fact name="Success rate">{rateInWords(endpoint.successRate, "Nothing was sent in 24 hours")}</Fact>
        <Fact name="Response time">{tookInWords(endpoint.p50Ms, endpoint.p95Ms)}</Fact>
      </Facts>
    </Panel>
  );
}
