import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { Fragment, type ReactElement } from "react";

import { upper } from "@/components/records/address";
import { FilterBar, isFiltered, ListFrame } from "@/components/records/list-page";
import { PagedListing } from "@/components/records/listing";
import { usePaged } from "@/components/records/use-paged";
import { DateRange } from "@/components/ui/date-range";
import { FilterMenu } from "@/components/ui/filter-menu";
import { PageHead } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { usePeriod } from "@/components/ui/use-period";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { type AuditChange, auditSentence, fieldWord, toldChanges, valueText } from "./audit-words";
import { auditEntities, type AuditSearch } from "./search";

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
          subject
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

const entities = auditEntities.map((id) => ({ id, label: id.replaceAll("_", " ") }));

const route = getRouteApi("/shell/staff/audit");

export function AuditPage(): ReactElement {
  const search = route.useSearch();
  const { entity } = search;
  const navigate = useNavigate();
  const moments = usePeriod(search);
  const list = usePaged(auditPages, {
    filter: { ...(entity && { entities: entity.map(upper) }), ...moments },
  });
  const set = (change: Partial<AuditSearch>) => {
    void navigate({ to: "/staff/audit", search: { ...search, ...change }, replace: true });
  };
  return (
    <ListFrame>
      <PageHead title="Audit">Who changed what. Entries cannot be changed or deleted.</PageHead>
      <FilterBar>
        <DateRange value={search} onChange={set} />
        <FilterMenu
          name="What"
          choices={entities}
          multiple
          selected={entity ?? []}
          onChange={(chosen) => {
            set({ entity: auditEntities.filter((one) => chosen.includes(one)) });
          }}
        />
      </FilterBar>
      <PagedListing
        what="The audit log"
        list={list}
        empty={
          isFiltered(search)
            ? { title: "No changes match", words: "Choose other dates, or clear the filters." }
            : { title: "No changes yet", words: "Every change of a setting is listed here." }
        }
      >
        {list.fetching && list.rows.length === 0 ? (
          <SkeletonBlock label="Loading the audit log" lines={8} />
        ) : (
          <ul aria-label="Audit log" className="divide-y border-y">
            {list.rows.map((entry) => (
              <Line key={entry.id} entry={entry} />
            ))}
          </ul>
        )}
      </PagedListing>
    </ListFrame>
  );
}

/** Who did what, and when; what changed opens below. */
function Line({ entry }: { entry: Entry }): ReactElement {
  const told = toldChanges(entry);
  const sentence = (
    <>
      <span className="min-w-0 flex-1 basis-64 break-words">
        <span className="font-medium">{entry.user?.email ?? "Postrider"}</span> {auditSentence(entry)}
        {entry.through === "TOKEN" && <span className="text-muted"> by an API token</span>}
      </span>
      <span className="shrink-0 text-sm text-muted">
        <Time at={entry.at} />
      </span>
    </>
  );
  const row = "flex flex-wrap items-baseline gap-x-4 gap-y-0.5 py-2 pr-4";
  if (told.length === 0) return <li className={`${row} pl-10`}>{sentence}</li>;
  return (
    <li>
      <details className="group">
        <summary className={`${row} cursor-pointer list-none pl-4 hover:bg-hover`}>
          <ChevronRight
            aria-hidden
            className="size-4 shrink-0 self-center text-muted group-open:rotate-90 motion-safe:transition-transform"
          />
          {sentence}
        </summary>
        <Changes changes={told} />
      </details>
    </li>
  );
}

function Changes({ changes }: { changes: readonly AuditChange[] }): ReactElement {
  return (
    <dl className="grid gap-x-4 gap-y-1 pr-4 pb-3 pl-12 text-sm sm:grid-cols-[minmax(8rem,max-content)_minmax(0,1fr)]">
      {changes.map(({ field, before, after }) => (
        <Fragment key={field}>
          <dt className="text-muted">{fieldWord(field)}</dt>
          <dd className="min-w-0 break-all max-sm:mb-1">
            {before !== null && (
              <>
                <del className="text-muted">{valueText(before)}</del>
                {after !== null && <span aria-hidden> → </span>}
              </>
            )}
            {after !== null && <ins className="no-underline">{valueText(after)}</ins>}
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}
