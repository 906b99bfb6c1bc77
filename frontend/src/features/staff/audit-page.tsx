import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { PagedListing } from "@/components/records/listing";
import { usePaged } from "@/components/records/use-paged";
import { DateRange } from "@/components/ui/date-range";
import { FilterMenu } from "@/components/ui/filter-menu";
import { PageHead } from "@/components/ui/page";
import { type Column, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { usePeriod } from "@/components/ui/use-period";
import { graphql, type ResultOf } from "@/graphql/graphql";

import type { AuditSearch } from "./search";

const AuditQuery = graphql(`
  query StaffAudit($after: String, $filter: AuditFilter) {
    auditEntries(first: 50, after: $after, filter: $filter) {
      edges {
        node {
          id
          at
          action
          entity
          entityId
          through
          user {
            id
            email
          }
          affiliate {
            id
            name
          }
          changes {
            field
            before
            after
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
const auditPages = { query: AuditQuery, list: (data: ResultOf<typeof AuditQuery>) => data.auditEntries };

type Entry = NonNullable<ResultOf<typeof AuditQuery>["auditEntries"]>["edges"][number]["node"];

const entities = [
  "affiliate",
  "alert",
  "api_token",
  "campaign",
  "conversion",
  "exchange_rate",
  "deal",
  "goal",
  "landing_page",
  "offer",
  "postback",
  "integration",
  "user",
].map((id) => ({ id, label: id.replaceAll("_", " ") }));

const route = getRouteApi("/shell/staff/audit");

export function AuditPage(): ReactElement {
  const search = route.useSearch();
  const { entity } = search;
  const navigate = useNavigate();
  const moments = usePeriod(search);
  const list = usePaged(auditPages, { filter: { ...(entity && { entities: entity }), ...moments } });
  const set = (change: Partial<AuditSearch>) => {
    void navigate({ to: "/staff/audit", search: { ...search, ...change }, replace: true });
  };
  const columns: Column<Entry>[] = [
    { id: "at", header: "When", lead: true, width: "11rem", cell: (row) => <Time at={row.at} /> },
    {
      id: "who",
      header: "Who",
      width: "14rem",
      cell: (row) => (
        <span>
          {row.user?.email ?? "Postrider"}{" "}
          {row.through === "token" && <span className="text-muted">by token</span>}
        </span>
      ),
    },
    {
      id: "what",
      header: "What",
      trail: true,
      width: "12rem",
      cell: (row) => (
        <span>
          {row.action.replaceAll("_", " ")} {row.entity.replaceAll("_", " ")}
          {row.affiliate && <span className="block text-sm text-muted">{row.affiliate.name}</span>}
        </span>
      ),
    },
    {
      id: "changes",
      header: "Changes",
      cell: (row) => <Changes changes={row.changes} whole={row.action === "update"} />,
    },
  ];
  return (
    <div className="scroll-thin min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
      <PageHead title="Audit">Who changed what. Entries cannot be changed or deleted.</PageHead>
      <div role="search" aria-label="Filters" className="flex flex-wrap items-center gap-2 px-4 pb-3">
        <DateRange value={search} onChange={set} />
        <FilterMenu
          name="What"
          choices={entities}
          multiple
          selected={entity ?? []}
          onChange={(chosen) => {
            set({ entity: chosen });
          }}
        />
      </div>
      <PagedListing
        what="The audit log"
        list={list}
        empty={
          Object.values(search).some((value) => value !== undefined)
            ? { title: "No changes match", words: "Choose other dates, or clear the filters." }
            : { title: "No changes yet", words: "Every change of a setting is listed here." }
        }
      >
        <Table
          label="Audit log"
          columns={columns}
          rows={list.rows}
          rowId={(row) => row.id}
          loading={list.fetching && list.rows.length === 0}
        />
      </PagedListing>
    </div>
  );
}

const unsaid = ["id", "created_at", "updated_at"];

function Changes({ changes, whole }: { changes: Entry["changes"]; whole: boolean }): ReactElement {
  const told = changes.filter(
    ({ field, after, before }) => !unsaid.includes(field) && (whole || (after ?? before) !== '""'),
  );
  if (told.length === 0) return <span className="text-faint">–</span>;
  return (
    <ul className="flex flex-col gap-0.5 text-sm">
      {told.map(({ field, before, after }) => (
        <li key={field} className="min-w-0 break-words">
          <span className="text-muted">{field}</span>{" "}
          {before !== null && (
            <>
              <del className="font-mono break-all text-muted">{before}</del>{" "}
            </>
          )}
          {after !== null && <span className="font-mono break-all">{after}</span>}
        </li>
      ))}
    </ul>
  );
}
