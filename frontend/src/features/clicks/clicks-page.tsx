import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { MousePointerClick } from "lucide-react";
import type { ReactElement } from "react";

import { isFiltered, ListPage } from "@/components/records/list-page";
import { ListWithDetail } from "@/components/records/list-with-detail";
import { Param } from "@/components/records/param";
import { AffiliateFilter, CampaignFilter } from "@/components/records/record-filter";
import { usePaged } from "@/components/records/use-paged";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { DateRange } from "@/components/ui/date-range";
import { FilterMenu } from "@/components/ui/filter-menu";
import { SearchBox } from "@/components/ui/search-box";
import { ShortId } from "@/components/ui/short-id";
import { type Column, rowLinkClass } from "@/components/ui/table";
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
          conversions(first: 20, order: OLDEST_FIRST) {
            edges {
              node {
                id
                goal {
                  id
                  name
                }
              }
            }
            pageInfo {
              hasNextPage
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
  return (
    <ListWithDetail
      label="Click"
      renderList={(id) => <List search={search} selectedId={id} />}
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
  return (
    <ListPage
      title="Clicks"
      about={isStaff ? "Every click on affiliates’ tracking links." : "Every click on your tracking links."}
      what="The clicks"
      list={list}
      filters={<Filters search={search} isStaff={isStaff} />}
      empty={{
        icon: MousePointerClick,
        title: "No click yet",
        words: "Open one of your tracking links, and the click appears here.",
        action: (
          <Link to="/links" className={buttonClass("primary")}>
            Get tracking link
          </Link>
        ),
      }}
      noMatch={
        isFiltered(search) && {
          title: "No click matches",
          words: "Params are matched in full, exactly as passed.",
          onClear: () => {
            void navigate({ to: "/clicks", search: {} });
          },
        }
      }
      label="Clicks, newest first"
      columns={columns(search, selectedId, isStaff)}
      selectedId={selectedId}
    />
  );
}

function Filters({ search, isStaff }: { search: ClicksSearch; isStaff: boolean }): ReactElement {
  const navigate = useNavigate();
  const set = (change: Partial<ClicksSearch>) => {
    void navigate({ to: "/clicks", search: { ...search, ...change }, replace: true });
  };
  return (
    <>
      <SearchBox
        label="Search clicks"
        placeholder="Click id, or a param's full value"
        value={search.q ?? ""}
        onChange={(text) => {
          set({ q: text === "" ? undefined : text });
        }}
        className="w-full sm:w-80"
      />
      <DateRange value={search} onChange={set} />
      {isStaff && (
        <AffiliateFilter
          value={search.affiliate}
          onChange={(affiliate) => {
            set({ affiliate });
          }}
        />
      )}
      <CampaignFilter
        value={search.campaign}
        onChange={(campaign) => {
          set({ campaign });
        }}
      />
      <FilterMenu
        name="param_1"
        choices={[{ id: "none", label: "Only clicks without param_1" }]}
        selected={search.param === undefined ? [] : [search.param]}
        onChange={([chosen]) => {
          set({ param: chosen === "none" ? "none" : undefined });
        }}
      />
    </>
  );
}

function paramColumn(name: "param1" | "param2" | "param3", header: string): Column<Click> {
  return {
    id: name,
    header,
    deskOnly: name !== "param1",
    cell: (row) => <Param value={row[name]} oneLine />,
  };
}

const countryColumn: Column<Click> = {
  id: "country",
  header: "Country",
  deskOnly: true,
  cell: (row) => row.country || <span className="text-faint">–</span>,
};

/** Fewer where an opened click stands beside them. */
function columns(search: ClicksSearch, selectedId: string | null, isStaff: boolean): Column<Click>[] {
  return [
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
    { id: "id", header: "Click id", trail: true, cell: (row) => <ShortId id={row.clickId} /> },
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
    paramColumn("param1", "param_1"),
    ...(selectedId === null
      ? [paramColumn("param2", "param_2"), paramColumn("param3", "param_3"), countryColumn]
      : []),
    {
      id: "conversions",
      header: "Conversions",
      cell: (row) =>
        row.conversions.edges.length === 0 ? (
          <span className="text-faint">None</span>
        ) : (
          <span className="line-clamp-1">{countGoals(row.conversions)}</span>
        ),
    },
  ];
}

/** "Registration, Deposit × 4": each goal once, with how often; "…" where there are more. */
function countGoals({ edges, pageInfo }: Click["conversions"]): string {
  const counts = new Map<string, number>();
  for (const { node } of edges) counts.set(node.goal.name, (counts.get(node.goal.name) ?? 0) + 1);
  const said = [...counts].map(([name, n]) => (n === 1 ? name : `${name} × ${String(n)}`)).join(", ");
  return pageInfo.hasNextPage ? `${said}, …` : said;
}
