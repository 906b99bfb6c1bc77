import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { GitBranch } from "lucide-react";
import { type ReactElement, useState } from "react";

import { upper } from "@/components/records/address";
import { useGoalChoices, useIntegrationChoices } from "@/components/records/choices";
import { ConnectionState } from "@/components/records/connection-state";
import type { Listed } from "@/components/records/listing";
import { LogNotes } from "@/components/records/log-notes";
import { isFiltered, ListPage } from "@/components/records/list-page";
import { ListWithDetail } from "@/components/records/list-with-detail";
import { ParamEnd } from "@/components/records/param";
import { CampaignFilter } from "@/components/records/record-filter";
import { StateBadge, stateWord } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { DateRange } from "@/components/ui/date-range";
import { FilterMenu } from "@/components/ui/filter-menu";
import { Money } from "@/components/ui/money";
import { SearchBox } from "@/components/ui/search-box";
import { NewRows } from "@/components/ui/new-rows";
import { type Column, rowLinkClass } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { usePeriod } from "@/components/ui/use-period";
import { useIsStaff } from "@/graphql/viewer";
import type { ConversionRowData } from "@/live/conversion-row";
import { useLiveConversions } from "@/live/live-conversions";
import type { Live } from "@/live/use-live-log";

import { conversionStatuses, type ConversionsSearch } from "./search";
import { Totals } from "./totals";

const route = getRouteApi("/shell/conversions");

export function ConversionsPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  return (
    <ListWithDetail
      label="Conversion"
      renderList={(id) => <List search={search} selectedId={id} />}
      onClose={() => {
        void navigate({ to: "/conversions", search });
      }}
    />
  );
}

function List({
  search,
  selectedId,
}: {
  search: ConversionsSearch;
  selectedId: string | null;
}): ReactElement {
  const navigate = useNavigate();
  const isStaff = useIsStaff();
  const { q, goal, status, campaign, integration } = search;
  const moments = usePeriod(search);
  const filter = {
    ...(q !== undefined && { search: q }),
    ...(goal !== undefined && { goals: goal }),
    ...(status !== undefined && { statuses: status.map(upper) }),
    ...(campaign !== undefined && { campaignIds: [campaign] }),
    ...(isStaff && integration !== undefined && { integrationIds: [integration] }),
    ...moments,
  };
  const [atTop, setAtTop] = useState(true);
  const live = useLiveConversions(filter, atTop && selectedId === null);
  return (
    <ListPage
      title="Conversions"
      about={
        <>
          <p>Conversions reported by operators, and the postbacks sent for them.</p>
          <Totals filter={filter} rows={live.status === "ready" ? live.rows : null} />
        </>
      }
      what="The conversions"
      aside={<ConnectionState paused={false} />}
      list={listed(live)}
      onAtTop={setAtTop}
      notes={<News live={live} />}
      filters={<Filters search={search} />}
      empty={{
        icon: GitBranch,
        title: "No conversion yet",
        words: "The first one shows up here when an operator reports a conversion from one of your links.",
        action: (
          <Link to="/links" className={buttonClass("primary")}>
            Get tracking link
          </Link>
        ),
      }}
      noMatch={
        isFiltered(search) && {
          title: "No conversion matches",
          words: "Search matches whole ids: conversion, click, player, transaction, or a param of the click.",
          onClear: () => {
            void navigate({ to: "/conversions", search: {} });
          },
        }
      }
      label="Conversions, newest first"
      columns={columns(search, selectedId, isStaff)}
      selectedId={selectedId}
    />
  );
}

/** A live log as a list shows it. */
function listed(live: Live<ConversionRowData>): Listed<ConversionRowData> {
  return {
    rows: live.rows,
    hasNext: live.hasOlder,
    loadMore: live.loadOlder,
    fetching: live.status === "loading",
    isLoadingMore: live.isLoadingOlder,
    isEmpty: live.status === "ready" && live.rows.length === 0 && live.waitingCount === 0,
    refetch: live.retry,
    error: live.error ?? undefined,
    moreError: undefined,
  };
}

/** What waits above the rows, and why some may be missing. */
function News({ live }: { live: Live<ConversionRowData> }): ReactElement {
  return (
    <>
      <LogNotes live={live} />
      {live.waitingCount > 0 && (
        <NewRows count={live.waitingCount} onShow={live.showWaiting} className="sticky top-2 h-0" />
      )}
    </>
  );
}

/** Left out where an opened conversion stands beside them. */
function wideColumns(
  isStaff: boolean,
): [campaign: Column<ConversionRowData>, amount: Column<ConversionRowData>] {
  return [
    {
      id: "campaign",
      header: isStaff ? "Affiliate and campaign" : "Campaign",
      cell: (row) => (
        <span className="line-clamp-1 text-muted">
          {isStaff && `${row.affiliate?.name ?? "Not attributed"} · `}
          {row.campaign?.name ?? row.offer.name}
        </span>
      ),
    },
    {
      id: "amount",
      header: "Amount",
      align: "right",
      deskOnly: true,
      cell: (row) => <Money value={row.amount} />,
    },
  ];
}

const paramColumn: Column<ConversionRowData> = {
  id: "param1",
  header: "param_1",
  cell: (row) => <ParamEnd value={row.click?.param1} />,
};

function columns(
  search: ConversionsSearch,
  selectedId: string | null,
  isStaff: boolean,
): Column<ConversionRowData>[] {
  const isWide = selectedId === null;
  return [
    {
      id: "goal",
      header: "Goal",
      lead: true,
      cell: (row) => (
        <Link
          to="/conversions/$id"
          params={{ id: row.id }}
          search={search}
          replace={selectedId !== null}
          className={rowLinkClass}
        >
          {row.goal.name}
        </Link>
      ),
    },
    {
      id: "status",
      header: "Status",
      cell: (row) => <StateBadge state={row.reversed ? "REVERSED" : row.status} plain />,
    },
    {
      id: "received",
      header: "Received",
      cell: (row) => (
        <span className="text-muted">
          <Time at={row.receivedAt} />
        </span>
      ),
    },
    ...(isWide ? wideColumns(isStaff) : []),
    {
      id: "payout",
      header: "Payout",
      align: "right",
      trail: true,
      cell: (row) => <Money value={row.payout} />,
    },
    { id: "deliveries", header: "Postbacks", cell: (row) => <Fired deliveries={row.deliveries} /> },
    ...(isWide ? [paramColumn] : []),
  ];
}

/** How many postbacks were fired for it, by what became of them. */
function Fired({ deliveries }: { deliveries: ConversionRowData["deliveries"] }): ReactElement {
  if (deliveries.length === 0) return <span className="text-faint">None fired</span>;
  const order = ["FAILED", "HELD", "RETRYING", "QUEUED", "CANCELLED", "DELIVERED"] as const;
  return (
    <span className="flex flex-wrap gap-x-3">
      {order.map((state) => {
        const count = deliveries.filter((d) => d.state === state && d.supersededBy === null).length;
        return (
          count > 0 && (
            <span key={state} className="flex items-center gap-1">
              {count > 1 && <span className="tabular">{count}</span>}
              <StateBadge state={state} plain />
            </span>
          )
        );
      })}
    </span>
  );
}

function Filters({ search }: { search: ConversionsSearch }): ReactElement {
  const navigate = useNavigate();
  const set = (change: Partial<ConversionsSearch>) => {
    void navigate({ to: "/conversions", search: { ...search, ...change }, replace: true });
  };
  const isStaff = useIsStaff();
  const goals = useGoalChoices();
  const integrations = useIntegrationChoices(isStaff);
  return (
    <>
      <SearchBox
        label="Search conversions"
        placeholder="Any id: tracker’s click id, transaction…"
        value={search.q ?? ""}
        onChange={(q) => {
          set({ q: q === "" ? undefined : q });
        }}
        className="w-full sm:w-80"
      />
      <DateRange value={search} onChange={set} />
      <FilterMenu
        name="Goal"
        choices={goals}
        multiple
        selected={search.goal ?? []}
        onChange={(goal) => {
          set({ goal });
        }}
      />
      <FilterMenu
        name="Status"
        choices={conversionStatuses.map((status) => ({ id: status, label: stateWord(upper(status)) }))}
        multiple
        selected={search.status ?? []}
        onChange={(chosen) => {
          set({ status: conversionStatuses.filter((s) => chosen.includes(s)) });
        }}
      />
      <CampaignFilter
        value={search.campaign}
        onChange={(chosen) => {
          set({ campaign: chosen });
        }}
      />
      {isStaff && (
        <FilterMenu
          name="Integration"
          choices={integrations}
          selected={search.integration === undefined ? [] : [search.integration]}
          onChange={([integration]) => {
            set({ integration });
          }}
        />
      )}
    </>
  );
}
