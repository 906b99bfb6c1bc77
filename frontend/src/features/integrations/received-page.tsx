import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useEffect, useRef } from "react";

import { upper } from "@/components/records/address";
import { isFiltered, ListPage } from "@/components/records/list-page";
import { ListWithDetail } from "@/components/records/list-with-detail";
import { AffiliateFilter } from "@/components/records/record-filter";
import { usePaged } from "@/components/records/use-paged";
import { buttonClass } from "@/components/ui/button";
import { DateRange } from "@/components/ui/date-range";
import { FilterMenu } from "@/components/ui/filter-menu";
import { SearchBox } from "@/components/ui/search-box";
import { aboveRowLink, type Column, rowLinkClass } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { usePeriod } from "@/components/ui/use-period";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { causeInWords, causes } from "./causes";
import { ResultBadge, results } from "./result-badge";
import { callCauses, callResults, type ReceivedSearch } from "./search";
import { useArrivals } from "./use-arrivals";

const ReceivedQuery = graphql(`
  query StaffReceived($after: String, $filter: ReceivedPostbackFilter) {
    receivedPostbacks(first: 50, after: $after, filter: $filter) {
      edges {
        node {
          id
          receivedAt
          integrationKey
          query
          body
          result
          reason
          cause
          integration {
            id
            name
          }
          conversion {
            id
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
    integrations {
      id
      name
    }
  }
`);
const receivedPages = {
  query: ReceivedQuery,
  list: (data: ResultOf<typeof ReceivedQuery>) => data.receivedPostbacks,
};

type Call = NonNullable<ResultOf<typeof ReceivedQuery>["receivedPostbacks"]>["edges"][number]["node"];

const route = getRouteApi("/shell/staff/received");

/** What there is no room for beside an opened call. */
const more: Column<Call>[] = [
  {
    id: "said",
    header: "Parameters",
    deskOnly: true,
    cell: (row) => (
      <span translate="no" className="line-clamp-1 font-mono text-sm break-all">
        {[row.query, row.body].filter(Boolean).join(" ") || "–"}
      </span>
    ),
  },
  {
    id: "conversion",
    header: "Conversion",
    deskOnly: true,
    cell: (row) =>
      row.conversion ? (
        <Link to="/conversions/$id" params={{ id: row.conversion.id }} className={`${aboveRowLink} link`}>
          Open
        </Link>
      ) : (
        <span className="text-faint">–</span>
      ),
  },
];

export function ReceivedPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  return (
    <ListWithDetail
      label="Call"
      renderList={(id) => <List search={search} selectedId={id} />}
      onClose={() => {
        void navigate({ to: "/staff/received", search });
      }}
    />
  );
}

function List({ search, selectedId }: { search: ReceivedSearch; selectedId: string | null }): ReactElement {
  const navigate = useNavigate();
  const { q, result, cause, integration, affiliate } = search;
  const moments = usePeriod(search);
  const list = usePaged(receivedPages, {
    filter: {
      ...(q !== undefined && { search: q }),
      ...(result !== undefined && { results: result.map(upper) }),
      ...(cause !== undefined && { causes: cause.map(upper) }),
      ...(integration !== undefined && { integrationIds: [integration] }),
      ...(affiliate !== undefined && { affiliateIds: [affiliate] }),
      ...moments,
    },
  });
  const scroller = useRef<HTMLDivElement>(null);
  const { waiting, take } = useArrivals();
  const { restart } = list;
  // Live while at the top; further down the new ones wait.
  useEffect(() => {
    if (waiting === 0 || (scroller.current?.scrollTop ?? 0) > 0) return;
    take();
    restart();
  }, [waiting, take, restart]);

  return (
    <ListPage
      title="Inbound log"
      about="Every request from operators, with its result. Secrets are masked."
      what="The inbound log"
      list={list}
      filters={
        <>
          <Filters search={search} integrations={list.data?.integrations ?? []} />
          {waiting > 0 && (
            <button
              type="button"
              className="rounded-full bg-accent-soft px-3 py-1 text-sm font-medium text-accent-strong"
              onClick={() => {
                take();
                scroller.current?.scrollTo({ top: 0 });
                restart();
              }}
            >
              {waiting} new
            </button>
          )}
        </>
      }
      empty={{
        title: "No requests yet",
        words: "No operator has sent anything. Give it the URL and the token of its integration.",
        action: (
          <Link to="/staff/integrations" className={buttonClass("primary")}>
            Integrations
          </Link>
        ),
      }}
      noMatch={
        isFiltered(search) && {
          title: "No request matches",
          words: "Choose other filters, or clear them.",
          onClear: () => {
            void navigate({ to: "/staff/received", search: {} });
          },
        }
      }
      label="Inbound log"
      columns={columns(search, selectedId)}
      selectedId={selectedId}
      scroller={scroller}
    />
  );
}

function columns(search: ReceivedSearch, selectedId: string | null): Column<Call>[] {
  return [
    {
      id: "at",
      header: "Received",
      lead: true,
      width: "11rem",
      cell: (row) => (
        <Link
          to="/staff/received/$id"
          params={{ id: row.id }}
          search={search}
          replace={selectedId !== null}
          className={rowLinkClass}
        >
          <Time at={row.receivedAt} />
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
    {
      id: "integration",
      header: "Integration",
      nowrap: true,
      cell: (row) => row.integration?.name ?? <span className="text-muted">{row.integrationKey || "–"}</span>,
    },
    {
      id: "reason",
      header: "Reason",
      cell: (row) => <span className="line-clamp-1 text-muted md:min-w-44">{row.reason}</span>,
    },
    {
      id: "cause",
      header: "Cause",
      nowrap: true,
      deskOnly: true,
      cell: (row) => (row.cause === null ? <span className="text-faint">–</span> : causeInWords(row.cause)),
    },
    ...(selectedId === null ? more : []),
  ];
}

function Filters({
  search,
  integrations,
}: {
  search: ReceivedSearch;
  integrations: readonly { id: string; name: string }[];
}): ReactElement {
  const navigate = useNavigate();
  const set = (change: Partial<ReceivedSearch>) => {
    void navigate({ to: "/staff/received", search: { ...search, ...change }, replace: true });
  };
  return (
    <>
      <SearchBox
        label="Search the inbound log"
        placeholder="A value, words of a reason, or conversion id"
        value={search.q ?? ""}
        onChange={(text) => {
          set({ q: text === "" ? undefined : text });
        }}
        className="w-full sm:w-80"
      />
      <DateRange value={search} onChange={set} />
      <FilterMenu
        name="Result"
        choices={results}
        multiple
        selected={search.result ?? []}
        onChange={(result) => {
          set({ result: callResults.filter((r) => result.includes(r)) });
        }}
      />
      <FilterMenu
        name="Cause"
        choices={causes}
        multiple
        selected={search.cause ?? []}
        onChange={(cause) => {
          set({ cause: callCauses.filter((c) => cause.includes(c)) });
        }}
      />
      <AffiliateFilter
        value={search.affiliate}
        onChange={(affiliate) => {
          set({ affiliate });
        }}
      />
      <FilterMenu
        name="Integration"
        choices={integrations.map(({ id, name }) => ({ id, label: name }))}
        selected={search.integration === undefined ? [] : [search.integration]}
        onChange={([integration]) => {
          set({ integration });
        }}
      />
    </>
  );
}
