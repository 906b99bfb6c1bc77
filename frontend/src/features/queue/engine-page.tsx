import { Link } from "@tanstack/react-router";
import { type ReactElement, useEffect } from "react";
import { useQuery } from "urql";

import { Listing } from "@/components/records/listing";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { None } from "@/components/ui/none";
import { fromTheTop, PageBody, PageHead, Panel } from "@/components/ui/page";
import { type Column, Table } from "@/components/ui/table";
import { RelativeTime } from "@/components/ui/time";
import { graphql, type ResultOf } from "@/graphql/graphql";

const EngineQuery = graphql(`
  query StaffEngine {
    engine {
      parked
      later
      blocked
      workers {
        name
        slots
        startedAt
        seenAt
        promotes
      }
      queues {
        name
        available
        running
      }
      endpoints {
        address
        sentTo
        circuit
        sentence
        openedAt
        probeAt
        waiting
        oldestWaitingAt
      }
    }
  }
`);

type Engine = NonNullable<ResultOf<typeof EngineQuery>["engine"]>;
type Endpoint = Engine["endpoints"][number];
type Worker = Engine["workers"][number];
type Queue = Engine["queues"][number];

const circuits = {
  CLOSED: ["Normal", "delivered"],
  OPEN: ["Down", "held"],
  HALF_OPEN: ["Testing", "retrying"],
  RECOVERING: ["Recovering", "retrying"],
} as const;

/** How often the page asks again. */
const every = 5000;

const endpoints: Column<Endpoint>[] = [
  {
    id: "endpoint",
    header: "Endpoint",
    lead: true,
    cell: (row) => (
      <span translate="no" title={row.address} className="font-mono text-sm break-all">
        {row.sentTo}
      </span>
    ),
  },
  {
    id: "circuit",
    header: "Circuit",
    trail: true,
    cell: (row) => {
      const [word, tone] = circuits[row.circuit];
      return <Badge tone={tone}>{word}</Badge>;
    },
  },
  { id: "sentence", header: "Reason", cell: (row) => <span className="text-muted">{row.sentence}</span> },
  { id: "waiting", header: "Waiting", align: "right", label: "waiting", cell: (row) => row.waiting },
  {
    id: "oldest",
    header: "Oldest since",
    label: "oldest since",
    cell: (row) => (row.oldestWaitingAt === null ? <None /> : <RelativeTime at={row.oldestWaitingAt} />),
  },
  {
    id: "probe",
    header: "Next attempt",
    label: "next attempt",
    cell: (row) => (row.probeAt === null ? <None /> : <RelativeTime at={row.probeAt} />),
  },
];

const workers: Column<Worker>[] = [
  {
    id: "name",
    header: "Worker",
    lead: true,
    cell: (row) => (
      <span translate="no" className="font-mono text-sm">
        {row.name}
      </span>
    ),
  },
  {
    id: "promotes",
    header: "Role",
    trail: true,
    cell: (row) => row.promotes && <Badge tone="accent">Leader</Badge>,
  },
  { id: "slots", header: "Concurrency", align: "right", label: "concurrency", cell: (row) => row.slots },
  {
    id: "started",
    header: "Started",
    label: "started",
    cell: (row) => <RelativeTime at={row.startedAt} />,
  },
  { id: "seen", header: "Seen", label: "seen", cell: (row) => <RelativeTime at={row.seenAt} /> },
];

const queues: Column<Queue>[] = [
  {
    id: "name",
    header: "Lane",
    lead: true,
    cell: (row) => (
      <span translate="no" className="font-mono text-sm">
        {row.name}
      </span>
    ),
  },
  { id: "available", header: "Ready", align: "right", label: "ready", cell: (row) => row.available },
  { id: "running", header: "In flight", align: "right", label: "in flight", cell: (row) => row.running },
];

export function EnginePage(): ReactElement {
  const { engine, error, refetch } = useEngine();
  return (
    <>
      <PageHead
        title="Delivery queue"
        aside={
          <Link to="/deliveries" search={{ state: ["queued", "retrying", "held"] }} className={buttonClass()}>
            View waiting{" "}
          </Link>
        }
      >
        Postbacks that wait, the endpoints they wait for, and the workers that send them. Refreshed every five
        seconds.
      </PageHead>
      <PageBody className={fromTheTop}>
        <Listing
          what="The delivery queue"
          error={error}
          isEmpty={false}
          empty={{ title: "", words: "" }}
          onRetry={refetch}
        >
          <dl className="grid gap-3 sm:grid-cols-3">
            <Count name="Endpoint down" value={engine?.parked} />
            <Count name="Scheduled" value={engine?.later} />
            <Count name="Waiting for previous" value={engine?.blocked} />
          </dl>
          <Rows
            title="Endpoints with problems"
            label="Endpoints"
            columns={endpoints}
            rows={engine?.endpoints}
            rowId={(row) => row.address}
          >
            <p className="p-4 text-muted">None: all endpoints accept requests.</p>
          </Rows>
          <Rows
            title="Workers"
            label="Workers"
            columns={workers}
            rows={engine?.workers}
            rowId={(row) => row.name}
          >
            <p className="p-4 text-failed">No worker is running. Start one: postrider work.</p>
          </Rows>
          <Rows title="Lanes" label="Lanes" columns={queues} rows={engine?.queues} rowId={(row) => row.name}>
            <p className="p-4 text-muted">Empty: nothing is ready, and nothing is in flight.</p>
          </Rows>
        </Listing>
      </PageBody>
    </>
  );
}

/** The engine as it is now: asked for again every five seconds. */
function useEngine() {
  const [{ data, error }, refetch] = useQuery({ query: EngineQuery, requestPolicy: "cache-and-network" });
  useEffect(() => {
    const timer = setInterval(() => {
      refetch({ requestPolicy: "network-only" });
    }, every);
    return () => {
      clearInterval(timer);
    };
  }, [refetch]);
  return {
    engine: data?.engine,
    error: data ? undefined : error,
    refetch: () => {
      refetch({ requestPolicy: "network-only" });
    },
  };
}

/** A table of the engine; `children` stand in its place where it has no rows. */
function Rows<Row>({
  title,
  label,
  columns,
  rows,
  rowId,
  children,
}: {
  title: string;
  label: string;
  columns: Column<Row>[];
  /** Undefined while they are fetched. */
  rows: readonly Row[] | undefined;
  rowId: (row: Row) => string;
  children: ReactElement;
}): ReactElement {
  return (
    <Panel title={title} flush>
      {rows?.length === 0 ? (
        children
      ) : (
        <Table label={label} columns={columns} rows={rows ?? []} rowId={rowId} loading={!rows} />
      )}
    </Panel>
  );
}

function Count({ name, value }: { name: string; value: number | undefined }): ReactElement {
  return (
    <div className="rounded-md border bg-surface p-4">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="tabular text-xl font-semibold">{value?.toLocaleString() ?? "–"}</dd>
    </div>
  );
}
