import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useEffect, useRef, useState } from "react";

import { PagedListing } from "@/components/records/listing";
import { usePaged } from "@/components/records/use-paged";
import { Badge } from "@/components/ui/badge";
import { CodeBlock } from "@/components/ui/code-block";
import { DateRange } from "@/components/ui/date-range";
import { Dialog } from "@/components/ui/dialog";
import { Fact, Facts } from "@/components/ui/facts";
import { FilterMenu } from "@/components/ui/filter-menu";
import { PageHead } from "@/components/ui/page";
import { SearchBox } from "@/components/ui/search-box";
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
          method
          query
          body
          address
          result
          reason
          statusCode
          durationMs
          headers {
            name
            value
          }
          integration {
            id
            name
          }
          conversion {
            id
            conversionId
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

export function ReceivedPage(): ReactElement {
  const search = route.useSearch();
  const navigate = useNavigate();
  const [opened, setOpened] = useState<Call | null>(null);
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
        <button
          type="button"
          className={rowLinkClass}
          onClick={() => {
            setOpened(row);
          }}
        >
          <Time at={row.receivedAt} />
        </button>
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
      id: "said",
      header: "Parameters",
      deskOnly: true,
      cell: (row) => (
        <span className="line-clamp-1 font-mono text-sm break-all">{row.query || row.body || "–"}</span>
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
        />
      </PagedListing>
      <Dialog
        title="Request"
        isOpen={opened !== null}
        wide
        onClose={() => {
          setOpened(null);
        }}
      >
        {opened && <CallDetail call={opened} />}
      </Dialog>
    </div>
  );
}

function CallDetail({ call }: { call: Call }): ReactElement {
  return (
    <div className="flex flex-col gap-4">
      <p className="flex flex-wrap items-center gap-2">
        <ResultBadge result={call.result} />
        <Badge tone="queued">{call.statusCode}</Badge>
        <span className="min-w-0 break-words">{call.reason}</span>
      </p>
      <Facts>
        <Fact name="Received">
          <Time at={call.receivedAt} form="full" />
        </Fact>
        <Fact name="Integration">{call.integration?.name ?? call.integrationKey}</Fact>
        <Fact name="From">{call.address || "unknown"}</Fact>
        <Fact name="Duration">{call.durationMs.toFixed(1)} ms</Fact>
        {call.conversion && (
          <Fact name="Conversion">
            <Link to="/conversions/$id" params={{ id: call.conversion.id }}>
              {call.conversion.conversionId}
            </Link>
          </Fact>
        )}
      </Facts>
      <CodeBlock what="Query" wrap code={`${call.method} ?${call.query.replaceAll("&", "\n&")}`} />
      {call.body !== "" && <CodeBlock what="Body" wrap code={call.body} />}
      {call.headers.length > 0 && (
        <CodeBlock what="Headers" wrap code={call.headers.map((h) => `${h.name}: ${h.value}`).join("\n")} />
      )}
    </div>
  );
}
