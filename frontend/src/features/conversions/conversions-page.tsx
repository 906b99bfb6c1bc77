import { getRouteApi, Link, Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { GitBranch, ListFilter } from "lucide-react";
import type { ReactElement } from "react";

import { upper } from "@/components/records/address";
import { CampaignFilter } from "@/components/records/campaign-filter";
import { useGoalChoices } from "@/components/records/choices";
import { PagedListing } from "@/components/records/listing";
import { ParamEnd } from "@/components/records/param";
import { usePaged } from "@/components/records/use-paged";
import { StateBadge, stateWord } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { DateRange } from "@/components/ui/date-range";
import { FilterMenu } from "@/components/ui/filter-menu";
import { Money } from "@/components/ui/money";
import { PageHead } from "@/components/ui/page";
import { SearchBox } from "@/components/ui/search-box";
import { Split } from "@/components/ui/split";
import { type Column, rowLinkClass, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { usePeriod } from "@/components/ui/use-period";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useIsStaff } from "@/graphql/viewer";

import { conversionStatuses, type ConversionsSearch } from "./search";

const ConversionsQuery = graphql(`
  query Conversions($after: String, $filter: ConversionFilter) {
    conversions(first: 50, after: $after, filter: $filter) {
      edges {
        node {
          id
          conversionId
          status
          reversed
          receivedAt
          transactionId
          goal {
            id
            name
          }
          offer {
            id
            name
          }
          campaign {
            id
            name
          }
          affiliate {
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
          click {
            id
            param1
          }
          deliveries {
            id
            state
            supersededBy {
              id
            }
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);
const conversionPages = {
  query: ConversionsQuery,
  list: (data: ResultOf<typeof ConversionsQuery>) => data.conversions,
};

type Conversion = ResultOf<typeof ConversionsQuery>["conversions"]["edges"][number]["node"];

const route = getRouteApi("/shell/conversions");

export function ConversionsPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  const id = useParams({ strict: false, select: (params) => params.id }) ?? null;
  return (
    <Split
      label="Conversion"
      list={<List search={search} selectedId={id} />}
      detail={id === null ? null : <Outlet key={id} />}
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
  const { q, goal, status, campaign } = search;
  const moments = usePeriod(search);
  const list = usePaged(conversionPages, {
    filter: {
      ...(q !== undefined && { search: q }),
      ...(goal !== undefined && { goals: goal }),
      ...(status !== undefined && { statuses: status.map(upper) }),
      ...(campaign !== undefined && { campaignIds: [campaign] }),
      ...moments,
    },
  });
  const isFiltered = Object.values(search).some(Boolean);

  const set = (change: Partial<ConversionsSearch>) => {
    void navigate({ to: "/conversions", search: { ...search, ...change }, replace: true });
  };

  const columns: Column<Conversion>[] = [
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
    ...(selectedId === null
      ? [
          {
            id: "campaign",
            header: isStaff ? "Affiliate and campaign" : "Campaign",
            cell: (row: Conversion) => (
              <span className="line-clamp-1 text-muted">
                {isStaff && `${row.affiliate?.name ?? "Not attributed"} · `}
                {row.campaign?.name ?? row.offer.name}
              </span>
            ),
          },
          {
            id: "amount",
            header: "Amount",
            align: "right" as const,
            deskOnly: true,
            cell: (row: Conversion) => <Money value={row.amount} />,
          },
        ]
      : []),
    {
      id: "payout",
      header: "Payout",
      align: "right",
      trail: true,
      cell: (row) => <Money value={row.payout} />,
    },
    { id: "deliveries", header: "Postbacks", cell: (row) => <Fired deliveries={row.deliveries} /> },
    ...(selectedId === null
      ? [
          {
            id: "param1",
            header: "param_1",
            cell: (row: Conversion) => <ParamEnd value={row.click?.param1} />,
          },
        ]
      : []),
  ];

  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
      <PageHead title="Conversions">
        Conversions reported by operators, and the postbacks sent for them.
      </PageHead>
      <Filters search={search} set={set} />
      <PagedListing
        what="The conversions"
        list={list}
        empty={{
          icon: isFiltered ? ListFilter : GitBranch,
          title: isFiltered ? "No conversion matches" : "No conversion yet",
          words: isFiltered
            ? "Search matches whole ids: conversion, click, player, transaction, or a param of the click."
            : "The first one shows up here when an operator reports a conversion from one of your links.",
          action: isFiltered ? (
            <Button
              onPress={() => {
                void navigate({ to: "/conversions", search: {} });
              }}
            >
              Clear filters
            </Button>
          ) : (
            <Link to="/links" className={buttonClass("primary")}>
              Get tracking link
            </Link>
          ),
        }}
      >
        <Table
          label="Conversions, newest first"
          columns={columns}
          rows={list.rows}
          rowId={(row) => row.id}
          loading={list.fetching && list.rows.length === 0}
          selectedId={selectedId ?? undefined}
        />
      </PagedListing>
    </div>
  );
}

/** How many postbacks were fired for it, by what became of them. */
function Fired({ deliveries }: { deliveries: Conversion["deliveries"] }): ReactElement {
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

function Filters({
  search,
  set,
}: {
  search: ConversionsSearch;
  set: (change: Partial<ConversionsSearch>) => void;
}): ReactElement {
  const goals = useGoalChoices();
  return (
    <div role="search" aria-label="Filters" className="flex flex-wrap items-center gap-2 px-4 pb-3">
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
    </div>
  );
}
