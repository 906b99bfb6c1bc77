import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useArchived } from "@/components/records/archived";
import { FilterBar } from "@/components/records/list-page";
import { PagedListing } from "@/components/records/listing";
import { usePaged } from "@/components/records/use-paged";
import { StateBadge } from "@/components/ui/badge";
import { CapToday } from "@/components/ui/cap-today";
import { DialogButton } from "@/components/ui/dialog-button";
import { None } from "@/components/ui/none";
import { PageHead } from "@/components/ui/page";
import { type Column, rowLinkClass, Table } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { dealWords } from "./deal-words";
import { useTry } from "./destination-check";
import { OfferForm } from "./offer-form";

const OffersQuery = graphql(`
  query StaffOffers($after: String, $archived: Boolean) {
    offers(first: 100, after: $after, archived: $archived) {
      edges {
        node {
          id
          name
          operator
          vertical
          state
          currency
          attributionWindowDays
          dailyCap
          usedToday
          qualification {
            goals
          }
          deal {
            id
            model
            percent
            amount {
              amount
              currency
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
const offerPages = { query: OffersQuery, list: (data: ResultOf<typeof OffersQuery>) => data.offers };

type Offer = ResultOf<typeof OffersQuery>["offers"]["edges"][number]["node"];

const columns: Column<Offer>[] = [
  {
    id: "name",
    header: "Offer",
    lead: true,
    cell: (row) => (
      <Link to="/staff/offers/$id" params={{ id: row.id }} className={rowLinkClass}>
        {row.name}
      </Link>
    ),
  },
  { id: "state", header: "State", trail: true, cell: (row) => <StateBadge state={row.state} plain /> },
  { id: "operator", header: "Operator", cell: (row) => <span className="text-muted">{row.operator}</span> },
  {
    id: "deal",
    header: "Deal",
    cell: (row) => (row.deal ? dealWords(row.deal) : <span className="text-failed">No active deal</span>),
  },
  {
    id: "qualified",
    header: "Qualification",
    deskOnly: true,
    cell: (row) =>
      row.qualification ? "By the offer's rule" : <span className="text-muted">By the operator</span>,
  },
  {
    id: "window",
    header: "Attribution window",
    deskOnly: true,
    align: "right",
    cell: (row) =>
      row.attributionWindowDays === null ? <None /> : `${String(row.attributionWindowDays)} days`,
  },
  {
    id: "cap",
    header: "Daily cap (UTC)",
    align: "right",
    label: "daily cap",
    cell: (row) =>
      row.dailyCap === null || row.usedToday === null ? (
        <None />
      ) : (
        <CapToday most={row.dailyCap} taken={row.usedToday} />
      ),
  },
];

export function OffersPage(): ReactElement {
  const navigate = useNavigate();
  const { archived, choice } = useArchived();
  const list = usePaged(offerPages, { archived });
  const { tryNow } = useTry();
  const create = (
    <DialogButton
      look="primary"
      label="New offer"
      wide
      renderContent={() => (
        <OfferForm
          offer={null}
          onSaved={(id, name) => {
            toast(`Created offer ${name}; every affiliate has its link`);
            tryNow(id);
            void navigate({ to: "/staff/offers/$id", params: { id } });
          }}
        />
      )}
    />
  );
  return (
    <>
      <PageHead title="Offers" aside={create}>
        What operators promote, with their deals and landing pages.
      </PageHead>
      <FilterBar>{choice}</FilterBar>
      <PagedListing
        key={String(archived)}
        what="The offers"
        list={list}
        empty={
          archived
            ? { title: "No archived offer", words: "Archive an offer on its page." }
            : { title: "No offer yet", words: "An offer is what affiliates promote.", action: create }
        }
      >
        <Table
          label="Offers"
          columns={columns}
          rows={list.rows}
          rowId={(row) => row.id}
          loading={list.fetching && list.rows.length === 0}
        />
      </PagedListing>
    </>
  );
}
