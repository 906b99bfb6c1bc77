import { Link } from "@tanstack/react-router";
import { Archive } from "lucide-react";
import type { ReactElement } from "react";

import { PagedListing } from "@/components/records/listing";
import { usePaged } from "@/components/records/use-paged";
import { PageBody, Panel } from "@/components/ui/page";
import { type Column, rowLinkClass, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useIsStaff } from "@/graphql/viewer";

const TrackersQuery = graphql(`
  query ArchivedTrackers($after: String) {
    trackers(first: 50, after: $after, filter: { archived: true }) {
      edges {
        node {
          id
          name
          sentTo
          archivedAt
          affiliate {
            id
            name
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

const trackerPages = {
  query: TrackersQuery,
  list: (data: ResultOf<typeof TrackersQuery>) => data.trackers,
};

type Tracker = ResultOf<typeof TrackersQuery>["trackers"]["edges"][number]["node"];

const affiliateColumn: Column<Tracker> = {
  id: "affiliate",
  header: "Affiliate",
  cell: (row) => <span className="text-muted">{row.affiliate.name}</span>,
};

const columns: Column<Tracker>[] = [
  {
    id: "name",
    header: "Tracker",
    lead: true,
    cell: (row) => (
      <Link to="/trackers/$id" params={{ id: row.id }} className={rowLinkClass}>
        {row.name}
      </Link>
    ),
  },
  {
    id: "sentTo",
    header: "Sent to",
    cell: (row) => (
      <span translate="no" className="text-muted">
        {row.sentTo}
      </span>
    ),
  },
  {
    id: "archivedAt",
    header: "Archived",
    trail: true,
    cell: (row) => row.archivedAt !== null && <Time at={row.archivedAt} form="day" />,
  },
];

/** The trackers that are no longer called. Each can be restored on its page. */
export function ArchivedTrackers(): ReactElement {
  const isStaff = useIsStaff();
  const list = usePaged(trackerPages, {});
  return (
    <PagedListing
      what="The archived trackers"
      list={list}
      empty={{ icon: Archive, title: "No archived tracker", words: "A tracker is archived on its page." }}
    >
      <PageBody>
        <Panel flush>
          <Table
            label="Archived trackers"
            columns={isStaff ? [...columns, affiliateColumn] : columns}
            rows={list.rows}
            rowId={(row) => row.id}
            loading={list.data === undefined}
          />
        </Panel>
      </PageBody>
    </PagedListing>
  );
}
