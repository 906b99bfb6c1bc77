import { getRouteApi, Link, Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { ListFilter, MousePointerClick } from "lucide-react";
import type { ReactElement } from "react";

import { AffiliateFilter } from "@/components/records/affiliate-filter";
import { CampaignFilter } from "@/components/records/campaign-filter";
import { PagedListing } from "@/components/records/listing";
import { Param } from "@/components/records/param";
import { usePaged } from "@/components/records/use-paged";
import { Badge } from "@/components/ui/badge";
import { Button, buttonClass } from "@/components/ui/button";
import { DateRange } from "@/components/ui/date-range";
import { FilterMenu } from "@/components/ui/filter-menu";
import { PageHead } from "@/components/ui/page";
import { SearchBox } from "@/components/ui/search-box";
import { ShortId } from "@/components/ui/short-id";
import { Split } from "@/components/ui/split";
import { type Column, rowLinkClass, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { usePeriod } from "@/components/ui/use-period";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useIsStaff } from "@/graphql/viewer";

import type { ClicksSearch } from "./search";

const ClicksQuery = graphql(`
  query Clicks($after: String, $filter: ClickFilter) {
    clicks(first: 50, after: $after, filter: $filter) {
      edges {
        node {
          id
          clickId
          clickedAt
          param1
          param2
          param3
          country
          test
          affiliate {
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
          conversions {
            id
            goal {
              id
              name
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
const clickPages = { query: ClicksQuery, list: (data: ResultOf<typeof ClicksQuery>) => data.clicks };

type Click = ResultOf<typeof ClicksQuery>["clicks"]["edges"][number]["node"];

const route = getRouteApi("/shell/clicks");

export function ClicksPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  const id = useParams({ strict: false, select: (params) => params.id }) ?? null;
  return (
    <Split
      label="Click"
      list={<List search={search} selectedId={id} />}
      detail={id === null ? null : <Outlet key={id} />}
      onClose={() => {
        void navigate({ to: "/clicks", search });
      }}
    />
  );
}

function List({ search, selectedId }: { search: ClicksSearch; selectedId: string | null }): ReactElement {
  const navigate = useNavigate();
  const isStaff = useIsStaff();
  const { q, affiliate, campaign, param: withParam } = search;
  const moments = usePeriod(search);
  const list = usePaged(clickPages, {
    filter: {
      ...(q !== undefined && { search: q }),
      ...(isStaff && affiliate !== undefined && { affiliateIds: [affiliate] }),
      ...(campaign !== undefined && { campaignIds: [campaign] }),
      ...moments,
      ...(withParam === "none" && { hasParam: false }),
    },
  });
  const isFiltered = Object.values(search).some((value) => value !== undefined);

  const set = (change: Partial<ClicksSearch>) => {
    void navigate({ to: "/clicks", search: { ...search, ...change }, replace: true });
  };

  const param = (name: "param1" | "param2" | "param3", header: string): Column<Click> => ({
    id: name,
    header,
    deskOnly: name !== "param1",
    cell: (row) => <Param value={row[name]} oneLine />,
  });

  const country: Column<Click> = {
    id: "country",
    header: "Country",
    deskOnly: true,
    cell: (row) => row.country || <span className="text-faint">–</span>,
  };
  const columns: Column<Click>[] = [
    {
      id: "clicked",
      header: "Clicked",
      lead: true,
      width: "11rem",
      nowrap: true,
      cell: (row) => (
        <Link
          to="/clicks/$id"
          params={{ id: row.id }}
          search={search}
          replace={selectedId !== null}
          className={rowLinkClass}
        >
          <Time at={row.clickedAt} />
        </Link>
      ),
    },
    {
      id: "id",
      header: "Click id",
      trail: true,
      cell: (row) => <ShortId id={row.clickId} />,
    },
    {
      id: "campaign",
      header: isStaff ? "Affiliate and campaign" : "Campaign",
      cell: (row) => (
        <span className="line-clamp-1 text-muted">
          {isStaff && `${row.affiliate.name} · `}
          {row.campaign?.name ?? row.offer.name} {row.test && <Badge>Test</Badge>}
        </span>
      ),
    },
    param("param1", "param_1"),
    ...(selectedId === null ? [param("param2", "param_2"), param("param3", "param_3"), country] : []),
    {
      id: "conversions",
      header: "Conversions",
      cell: (row) =>
        row.conversions.length === 0 ? (
          <span className="text-faint">None</span>
        ) : (
          <span className="line-clamp-1">{countGoals(row.conversions.map((c) => c.goal.name))}</span>
        ),
    },
  ];

  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
      <PageHead title="Clicks">
        {isStaff ? "Every click on affiliates’ tracking links." : "Every click on your tracking links."}
      </PageHead>
      <div role="search" aria-label="Filters" className="flex flex-wrap items-center gap-2 px-4 pb-3">
        <SearchBox
          label="Search clicks"
          placeholder="Click id, or a param's full value"
          value={q ?? ""}
          onChange={(text) => {
            set({ q: text === "" ? undefined : text });
          }}
          className="w-full sm:w-80"
        />
        <DateRange value={search} onChange={set} />
        {isStaff && (
          <AffiliateFilter
            value={affiliate}
            onChange={(chosen) => {
              set({ affiliate: chosen });
            }}
          />
        )}
        <CampaignFilter
          value={campaign}
          onChange={(chosen) => {
            set({ campaign: chosen });
          }}
        />
        <FilterMenu
          name="param_1"
          choices={[{ id: "none", label: "Only clicks without param_1" }]}
          selected={withParam === undefined ? [] : [withParam]}
          onChange={([chosen]) => {
            set({ param: chosen === "none" ? "none" : undefined });
          }}
        />
      </div>
      <PagedListing
        what="The clicks"
        list={list}
        empty={{
          icon: isFiltered ? ListFilter : MousePointerClick,
          title: isFiltered ? "No click matches" : "No click yet",
          words: isFiltered
            ? "Params are matched in full, exactly as passed."
            : "Open one of your tracking links, and the click appears here.",
          action: isFiltered ? (
            <Button
              onPress={() => {
                void navigate({ to: "/clicks", search: {} });
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
          label="Clicks, newest first"
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

/** "Registration, Deposit × 4": each goal once, with how often. */
function countGoals(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, n]) => (n === 1 ? name : `${name} × ${String(n)}`)).join(", ");
}
