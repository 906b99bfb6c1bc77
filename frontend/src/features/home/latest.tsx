import { Link } from "@tanstack/react-router";
import { ArrowRight, Radio } from "lucide-react";
import type { ReactElement } from "react";

import { StateBadge, StatusCode } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { Panel } from "@/components/ui/page";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { type Column, rowLinkClass, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { useIsStaff } from "@/graphql/viewer";
import type { DeliveryRowData } from "@/live/delivery-row";
import { useLiveDeliveries } from "@/live/live-deliveries";

const lead: Column<DeliveryRowData>[] = [
  {
    id: "goal",
    header: "Goal",
    lead: true,
    cell: (row) => (
      <Link to="/deliveries/$id" params={{ id: row.id }} className={rowLinkClass}>
        {row.goal.name}
      </Link>
    ),
  },
  {
    id: "state",
    header: "State",
    cell: (row) => <StateBadge state={row.state} replay={row.supersededBy} warning={row.warning} plain />,
  },
];

function campaignColumn(isStaff: boolean): Column<DeliveryRowData> {
  return {
    id: "campaign",
    header: isStaff ? "Affiliate and campaign" : "Campaign",
    cell: (row) => (
      <span className="text-muted">
        {isStaff && `${row.affiliate.name} · `}
        {row.campaign?.name ?? "Default link"}
      </span>
    ),
  };
}

const facts: Column<DeliveryRowData>[] = [
  {
    id: "sentTo",
    header: "Sent to",
    deskOnly: true,
    cell: (row) => (
      <span translate="no" className="font-mono text-sm text-muted">
        {row.sentTo}
      </span>
    ),
  },
  { id: "code", header: "Code", cell: (row) => <StatusCode code={row.statusCode} /> },
  {
    id: "time",
    header: "Queued",
    align: "right",
    trail: true,
    cell: (row) => (
      <span className="text-muted">
        <Time at={row.createdAt} form="time" />
      </span>
    ),
  },
];

/** The newest deliveries, as they happen. */
export function Latest(): ReactElement {
  const isStaff = useIsStaff();
  const live = useLiveDeliveries({}, true, 12);
  return (
    <Panel
      title="Latest postbacks sent"
      flush
      aside={
        <Link to="/deliveries" className={buttonClass("quiet", "sm")}>
          Live log
          <ArrowRight aria-hidden className="size-4" />
        </Link>
      }
    >
      {live.status === "failed" ? (
        <ErrorState
          title="The postbacks sent could not be fetched"
          message={live.error ?? ""}
          onRetry={live.retry}
        />
      ) : live.status === "ready" && live.rows.length === 0 ? (
        <NothingSent isStaff={isStaff} />
      ) : (
        <Table
          label="Latest postbacks sent"
          columns={[...lead, campaignColumn(isStaff), ...facts]}
          rows={live.rows.slice(0, 12)}
          rowId={(row) => row.id}
          loading={live.status === "loading"}
        />
      )}
    </Panel>
  );
}

function NothingSent({ isStaff }: { isStaff: boolean }): ReactElement {
  if (isStaff) {
    return (
      <EmptyState
        icon={Radio}
        title="No postbacks sent yet"
        action={
          <Link to="/staff/received" className={buttonClass()}>
            Inbound log
          </Link>
        }
      >
        The first one shows up here when an operator reports a conversion that an affiliate has a postback
        for.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Radio}
      title="No postbacks sent yet"
      action={
        <>
          <Link to="/postbacks/new" className={buttonClass("primary")}>
            Create postback
          </Link>
          <Link to="/links" className={buttonClass()}>
            Get tracking link
          </Link>
        </>
      }
    >
      Add your tracker&apos;s postback URL and send a click through a tracking link. The first postback shows
      up here when the operator reports a conversion.
    </EmptyState>
  );
}
