import { Link } from "@tanstack/react-router";
import { type ReactElement, useEffect } from "react";
import { useQuery } from "urql";

import { Panel } from "@/components/ui/page";
import { ErrorState } from "@/components/ui/states";
import { type Column, rowLinkClass, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { ResultBadge } from "./result-badge";
import { TestMode } from "./test-mode";
import { useArrivals } from "./use-arrivals";

const ArrivedQuery = graphql(`
  query StaffIntegrationCalls($id: ID!) {
    receivedPostbacks(first: 10, filter: { integrationIds: [$id] }) {
      edges {
        node {
          id
          receivedAt
          result
          reason
          query
          body
        }
      }
    }
  }
`);

type Call = NonNullable<ResultOf<typeof ArrivedQuery>["receivedPostbacks"]>["edges"][number]["node"];

function columnsOf(integration: string): Column<Call>[] {
  return [
    {
      id: "at",
      header: "Received",
      lead: true,
      width: "10rem",
      cell: (row) => (
        <Link
          to="/staff/received/$id"
          params={{ id: row.id }}
          search={{ integration }}
          className={rowLinkClass}
        >
          <Time at={row.receivedAt} form="time" />
        </Link>
      ),
    },
    {
      id: "result",
      header: "Result",
      trail: true,
      width: "9rem",
      cell: (row) => <ResultBadge result={row.result} />,
    },
    { id: "reason", header: "Reason", cell: (row) => <span className="text-muted">{row.reason}</span> },
    {
      id: "said",
      header: "Parameters",
      deskOnly: true,
      cell: (row) => (
        <span translate="no" className="line-clamp-1 font-mono text-sm break-all">
          {[row.query, row.body].filter(Boolean).join(" ")}
        </span>
      ),
    },
  ];
}

/** The newest requests of an integration, as they arrive, with the switch for test mode. */
export function Arrivals({
  integration: { id, testMode },
  onChanged,
}: {
  integration: { id: string; testMode: boolean };
  onChanged: () => void;
}): ReactElement {
  const [{ data, error, fetching }, refetch] = useQuery({
    query: ArrivedQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const { waiting, take } = useArrivals(id);
  useEffect(() => {
    if (waiting === 0) return;
    take();
    refetch({ requestPolicy: "network-only" });
  }, [waiting, take, refetch]);
  const rows = (data?.receivedPostbacks?.edges ?? []).map((edge) => edge.node);
  return (
    <Panel
      flush
      title="Inbound log, live"
      aside={
        <Link to="/staff/received" search={{ integration: id }}>
          View all
        </Link>
      }
    >
      <TestMode id={id} testMode={testMode} onChanged={onChanged} />
      <div aria-live="polite">
        {error && !data ? (
          <ErrorState
            title="The inbound log could not be fetched"
            message={explain(error)}
            onRetry={() => {
              refetch({ requestPolicy: "network-only" });
            }}
          />
        ) : rows.length === 0 && !fetching ? (
          <p className="p-4 text-muted">
            Nothing yet. The first request appears here automatically. Reveal the URL above, have the operator
            enter it, and ask for one test registration with a click id of ours.
          </p>
        ) : (
          <Table
            label="Inbound log"
            columns={columnsOf(id)}
            rows={rows}
            rowId={(row) => row.id}
            loading={!data}
          />
        )}
      </div>
    </Panel>
  );
}
