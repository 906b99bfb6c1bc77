import { Link } from "@tanstack/react-router";
import { ArrowRight, Radio } from "lucide-react";
import type { ReactElement } from "react";

import { useLiveDeliveries } from "@/components/records/live-deliveries";
import type { DeliveryRowData } from "@/components/records/delivery-row";
import { StateBadge, StatusCode } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { Panel } from "@/components/ui/page";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { type Column, rowLinkClass, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { useIsStaff } from "@/graphql/viewer";

/** The newest deliveries, as they happen. */
export function Latest(): ReactElement {
  const isStaff = useIsStaff();
  const live = useLiveDeliveries({}, true, 12);
  const columns: Column<DeliveryRowData>[] = [
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
    { id: "state", header: "State", cell: (row) => <StateBadge state={row.state} plain /> },
    {
      id: "campaign",
      header: isStaff ? "Affiliate and campaign" : "Campaign",
      cell: (row) => (
        <span className="text-muted">
          {isStaff && `${row.affiliate.name} · `}
          {row.campaign?.name ?? "Default link"}
        </span>
      ),
    },
    {
      id: "host",
      header: "Host",
      deskOnly: true,
      cell: (row) => <span className="font-mono text-sm text-muted">{row.host}</span>,
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
  return (
    <Panel
      title="The last deliveries"
      flush
      aside={
        <Link to="/deliveries" className={buttonClass("quiet", "sm")}>
          All, live
          <ArrowRight aria-hidden className="size-4" />
        </Link>
      }
    >
      {live.status === "failed" ? (
        <ErrorState title="They could not be fetched" message={live.error ?? ""} onRetry={live.retry} />
      ) : live.status === "ready" && live.rows.length === 0 ? (
        <EmptyState
          icon={Radio}
          title="Nothing has been delivered yet"
          action={
            <>
              <Link to="/postbacks/new" className={buttonClass("primary")}>
                Create a postback
              </Link>
              <Link to="/links" className={buttonClass()}>
                Get a tracking link
              </Link>
            </>
          }
        >
          Tell us your tracker&apos;s postback URL, send a click through a tracking link, and the first
          delivery is here the moment the operator reports a conversion.
        </EmptyState>
      ) : (
        <Table
          label="The last deliveries"
          columns={columns}
          rows={live.rows.slice(0, 12)}
          rowId={(row) => row.id}
          loading={live.status === "loading"}
        />
      )}
    </Panel>
  );
}
