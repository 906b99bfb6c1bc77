import { type ReactElement, type ReactNode, useState } from "react";

import { ConfirmedAction } from "@/components/records/confirmed-action";
import { Badge } from "@/components/ui/badge";
import { DialogButton } from "@/components/ui/dialog-button";
import { None } from "@/components/ui/none";
import { Panel } from "@/components/ui/page";
import { type Column, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { DealForm } from "./deal-form";
import { dealWords } from "./deal-words";
import type { Deal, Offer } from "./one-offer";

const EndDeal = mutation(
  graphql(`
    mutation StaffEndDeal($input: EndDealInput!) {
      endDeal(input: $input) {
        deal {
          id
          validTo
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "offers",
  "node",
);

const DeleteDeal = mutation(
  graphql(`
    mutation StaffDeleteDeal($input: DeleteDealInput!) {
      deleteDeal(input: $input) {
        deletedId
        userErrors {
          field
          message
        }
      }
    }
  `),
  "offers",
  "node",
);

/** What an offer pays, and to whom: deals are made, ended and, where nothing was calculated with them, deleted. */
export function OfferDeals({ offer }: { offer: Offer }): ReactElement {
  const [now] = useState(() => Date.now());
  return (
    <Panel
      title="Deals"
      flush
      aside={
        <DialogButton
          size="sm"
          label="New deal"
          wide
          renderContent={(close) => (
            <DealForm
              offerId={offer.id}
              currency={offer.currency}
              onSaved={() => {
                close();
                toast("Deal created");
              }}
            />
          )}
        />
      }
    >
      {offer.deals.length === 0 ? (
        <p className="p-4 text-muted">None: its conversions are recorded, but pay nothing.</p>
      ) : (
        <Table label="Deals" columns={dealColumns(now)} rows={offer.deals} rowId={(row) => row.id} />
      )}
    </Panel>
  );
}

function stateOf({ validFrom, validTo }: Deal, now: number): "Ended" | "Upcoming" | "Active" {
  if (validTo !== null && Date.parse(validTo) <= now) return "Ended";
  return validFrom !== null && Date.parse(validFrom) > now ? "Upcoming" : "Active";
}

function tierWords({ tierBy, model }: Deal, tier: Deal["tiers"][number]): string {
  const unit = tierBy === "COUNT" ? "" : " NGR";
  return `from ${tier.from}${unit}: ${model === "REVSHARE" ? `${tier.percent} %` : tier.amount}`;
}

function dealColumns(now: number): Column<Deal>[] {
  return [
    {
      id: "terms",
      header: "Deal",
      lead: true,
      cell: (row) => <span className="font-medium">{dealWords(row)}</span>,
    },
    {
      id: "state",
      header: "State",
      trail: true,
      cell: (row) => (
        <Badge tone={stateOf(row, now) === "Active" ? "delivered" : "queued"}>{stateOf(row, now)}</Badge>
      ),
    },
    {
      id: "whose",
      header: "Applies to",
      cell: (row) => row.affiliate?.name ?? <span className="text-muted">All affiliates</span>,
    },
    {
      id: "tiers",
      header: "Tiers",
      label: "tiers",
      cell: (row) =>
        row.tiers.length === 0 ? <None /> : row.tiers.map((tier) => tierWords(row, tier)).join("; "),
    },
    {
      id: "dates",
      header: "Period",
      cell: (row) => (
        <span className="text-muted">
          <Period {...row} />
        </span>
      ),
    },
    {
      id: "actions",
      header: "Actions",
      cell: (row) => (
        <span className="flex flex-wrap gap-2">
          <DealActions deal={row} isActive={stateOf(row, now) === "Active"} />
        </span>
      ),
    },
  ];
}

function DealActions({ deal, isActive }: { deal: Deal; isActive: boolean }): ReactElement {
  return (
    <>
      {isActive && (
        <ConfirmedAction
          change={{ document: EndDeal, field: "endDeal" }}
          id={deal.id}
          look="quiet"
          label="End deal"
          title="End deal"
          danger
          onDone={() => {
            toast("Deal ended; calculated conversions keep its terms");
          }}
        >
          It no longer pays for new conversions. Those already calculated keep their terms.
        </ConfirmedAction>
      )}
      <ConfirmedAction
        change={{ document: DeleteDeal, field: "deleteDeal" }}
        id={deal.id}
        look="quiet"
        label="Delete"
        title="Delete deal"
        danger
        onDone={() => {
          toast("Deal deleted");
        }}
      >
        {dealWords(deal)} is deleted for good, if no conversion was calculated with it. The deal that it
        followed stays ended.
      </ConfirmedAction>
    </>
  );
}

function Period({ validFrom, validTo }: Pick<Deal, "validFrom" | "validTo">): ReactNode {
  const from = validFrom !== null && <Time at={validFrom} form="day" />;
  const to = validTo !== null && <Time at={validTo} form="day" />;
  if (from && to) {
    return (
      <>
        {from} – {to}
      </>
    );
  }
  if (from) return <>From {from}</>;
  return to ? <>Until {to}</> : "Always";
}
