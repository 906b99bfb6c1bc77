import { Link } from "@tanstack/react-router";
import { CircleHelp } from "lucide-react";
import type { ReactElement } from "react";

import { StateBadge, StatusCode } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { formatDuration } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { type Column, rowLinkClass, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import type { DeliveryRowData } from "@/live/delivery-row";
import { useLiveDeliveries } from "@/live/live-deliveries";

const deliveryColumns: Column<DeliveryRowData>[] = [
  {
    id: "time",
    header: "Queued",
    lead: true,
    cell: (row) => (
      <Link to="/deliveries/$id" params={{ id: row.id }} className={rowLinkClass}>
        <Time at={row.createdAt} />
      </Link>
    ),
  },
  {
    id: "state",
    header: "State",
    trail: true,
    cell: (row) => <StateBadge state={row.state} replay={row.supersededBy} warning={row.warning} plain />,
  },
  {
    id: "campaign",
    header: "Campaign",
    cell: (row) => <span className="text-muted">{row.campaign?.name ?? "Default link"}</span>,
  },
  { id: "code", header: "Code", cell: (row) => <StatusCode code={row.statusCode} /> },
  {
    id: "took",
    header: "Duration",
    align: "right",
    cell: (row) => (row.durationMs === null ? "–" : formatDuration(row.durationMs)),
  },
  { id: "tries", header: "Attempts", align: "right", deskOnly: true, cell: (row) => row.attemptCount },
];

/** What one postback, or all of a tracker, sent last, live. */
export function DeliveriesTab({
  of,
  what,
}: {
  /** As the log's address names it. */
  of: { postback: string } | { tracker: string };
  what: "postback" | "tracker";
}): ReactElement {
  const live = useLiveDeliveries(
    "postback" in of ? { postbackIds: [of.postback] } : { trackerIds: [of.tracker] },
    true,
    25,
  );
  if (live.status === "failed") {
    return (
      <ErrorState
        title="The deliveries could not be fetched"
        message={live.error ?? ""}
        onRetry={live.retry}
      />
    );
  }
  if (live.status === "ready" && live.rows.length === 0) {
    return (
      <EmptyState icon={CircleHelp} title="It has not fired yet">
        What it sends shows up here.
      </EmptyState>
    );
  }
  return (
    <Panel
      title="Latest postbacks sent"
      flush
      aside={
        <Link to="/deliveries" search={of} className={buttonClass("quiet", "sm")}>
          View log
        </Link>
      }
    >
      <Table
        label={`Deliveries of this ${what}, newest first`}
        columns={deliveryColumns}
        rows={live.rows.slice(0, 25)}
        rowId={(row) => row.id}
        loading={live.status === "loading"}
      />
    </Panel>
  );
}
