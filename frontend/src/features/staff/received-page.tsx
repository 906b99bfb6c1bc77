import { getRouteApi, Link, Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { type ReactElement, useEffect, useRef } from "react";

import { PagedListing } from "@/components/records/listing";
import { usePaged } from "@/components/records/use-paged";
import { DateRange } from "@/components/ui/date-range";
import { FilterMenu } from "@/components/ui/filter-menu";
import { PageHead } from "@/components/ui/page";
import { SearchBox } from "@/components/ui/search-box";
import { Split } from "@/components/ui/split";
import { aboveRowLink, type Column, rowLinkClass, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { usePeriod } from "@/components/ui/use-period";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { ResultBadge, results } from "./result-badge";
import type { ReceivedSearch } from "./search";
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
        {row.query || row.body || "–"}
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
  const id = useParams({ strict: false, select: (params) => params.id }) ?? null;
  return (
    <Split
      label="Call"
      list={<List search={search} selectedId={id} />}
      detail={id === null ? null : <Outlet key={id} />}
      onClose={() => {
        void navigate({ to: "/staff/received", search });
      }}
    />
  );
}

function List({ search, selectedId }: { search: ReceivedSearch; selectedId: string | null }): ReactElement {
  const navigate = useNavigate();
  const { q, result, integration } = search;
  const moments = usePeriod(search);
  const list = usePaged(receivedPages, {
    filter: {
      ...(q !== undefined && { search: q }),
      ...(result !== undefined && { results: result }),
      ...(integration !== undefined && { integrationIds: [integration] }),
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

  const set = (change: Partial<ReceivedSearch>) => {
    void navigate({ to: "/staff/received", search: { ...search, ...change }, replace: true });
  };

  const columns: Column<Call>[] = [
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
    ...(selectedId === null ? more : []),
  ];

  return (
    <div ref={scroller} className="scroll-thin min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
      <PageHead title="Inbound log">
        Every request from operators, with its result. Secrets are masked.
      </PageHead>
      <div role="search" aria-label="Filters" className="flex flex-wrap items-center gap-2 px-4 pb-3">
        <SearchBox
          label="Search the inbound log"
          placeholder="A parameter's value, or conversion id"
          value={q ?? ""}
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
          selected={result ?? []}
          onChange={(chosen) => {
            set({ result: chosen });
          }}
        />
        <FilterMenu
          name="Integration"
          choices={(list.data?.integrations ?? []).map((s) => ({ id: s.id, label: s.name }))}
          selected={integration === undefined ? [] : [integration]}
          onChange={([chosen]) => {
            set({ integration: chosen });
          }}
        />
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
      </div>
      <PagedListing
        what="The inbound log"
        list={list}
        empty={{
          title: "No requests",
          words: Object.values(search).some((value) => value !== undefined)
            ? "No request matches these filters."
            : "No operator has sent anything yet. Give one the URL of its integration.",
        }}
      >
        <Table
          label="Inbound log"
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
