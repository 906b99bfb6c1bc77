import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft, Plus, Tags, Trash2 } from "lucide-react";
import { type ReactElement, type ReactNode, useCallback, useState } from "react";
import { useQuery } from "urql";

import { Badge, StateBadge } from "@/components/ui/badge";
import { Button, IconButton } from "@/components/ui/button";
import { Confirm, Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { None } from "@/components/ui/none";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { type Column, Table } from "@/components/ui/table";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { DealForm } from "./deal-form";
import { dealWords } from "./deal-words";
import { CheckParts, DestinationCheck, useTry } from "./destination-check";
import { OfferForm } from "./offer-form";
import { GeneralError } from "@/components/ui/general-error";
import { useSave } from "@/components/records/use-save";

const OfferQuery = graphql(
  `
    query StaffOffer($id: ID!) {
      node(id: $id) {
        ... on Offer {
          id
          name
          operator
          vertical
          state
          currency
          destinationUrl
          destinationCheck {
            ...CheckParts
          }
          fallbackUrl
          deepLinkHosts
          attributionWindowDays
          dailyCap
          qualification {
            goals
            minDeposit
            minCumulativeDeposit
            withinDays
            clawbackDays
          }
          landingPages {
            id
            key
            name
            url
            check {
              ...CheckParts
            }
          }
          deals {
            id
            model
            percent
            leadGoal
            validFrom
            validTo
            negativeCarryover
            tierBy
            amount {
              amount
              currency
            }
            tiers {
              from
              amount
              percent
            }
            affiliate {
              id
              name
            }
          }
        }
      }
    }
  `,
  [CheckParts],
);

const SavePage = mutation(
  graphql(`
    mutation StaffSavePage($input: SaveLandingPageInput!) {
      saveLandingPage(input: $input) {
        landingPage {
          id
          key
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "offers",
);

const DeletePage = mutation(
  graphql(`
    mutation StaffDeletePage($input: DeleteLandingPageInput!) {
      deleteLandingPage(input: $input) {
        deletedId
        userErrors {
          field
          message
        }
      }
    }
  `),
  "offers",
);

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

type Offer = Extract<NonNullable<ResultOf<typeof OfferQuery>["node"]>, { landingPages: unknown }>;
type Page = Offer["landingPages"][number];
type Deal = Offer["deals"][number];

const route = getRouteApi("/shell/staff/offers/$id");

export function OfferPage(): ReactElement {
  const { id } = route.useParams();
  const [{ data, error }, refetch] = useQuery({
    query: OfferQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const again = useCallback(() => {
    refetch({ requestPolicy: "network-only" });
  }, [refetch]);
  const { tryNow } = useTry(again);
  if (error && !data)
    return <ErrorState title="The offer could not be fetched" message={explain(error)} onRetry={again} />;
  if (!data) return <SkeletonBlock label="Loading the offer" lines={8} />;
  if (!data.node || !("landingPages" in data.node)) {
    return (
      <EmptyState icon={Tags} title="There is no such offer">
        The address may be mistyped.
      </EmptyState>
    );
  }
  const offer = data.node;
  return (
    <>
      <PageHead title={offer.name} aside={<StateBadge state={offer.state} />}>
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/staff/offers" className="link inline-flex items-center gap-1">
            <ArrowLeft aria-hidden className="size-3.5" />
            Offers
          </Link>
          {offer.operator}
        </span>
      </PageHead>
      <PageBody>
        <Deals offer={offer} onChanged={again} />
        <Pages offer={offer} onChanged={again} />
        <Panel title="Offer settings">
          <p className="mb-4 flex flex-wrap items-center gap-x-2">
            <span className="font-medium">Destination</span>
            <DestinationCheck
              check={offer.destinationCheck}
              id={offer.id}
              name="the destination"
              onTried={again}
            />
          </p>
          <OfferForm
            key={offer.id}
            offer={offer}
            onSaved={(_id, name) => {
              toast(`Saved ${name}`);
              again();
              tryNow(offer.id);
            }}
          />
        </Panel>
      </PageBody>
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

function Deals({ offer, onChanged }: { offer: Offer; onChanged: () => void }): ReactElement {
  const [isNew, setNew] = useState(false);
  const [ending, setEnding] = useState<Deal | null>(null);
  const { errors, isSaving, save } = useSave(EndDeal, "endDeal");
  const [now] = useState(() => Date.now());
  const when = (deal: Deal) =>
    deal.validTo !== null && Date.parse(deal.validTo) <= now
      ? "Ended"
      : deal.validFrom !== null && Date.parse(deal.validFrom) > now
        ? "Upcoming"
        : "Active";
  const columns: Column<Deal>[] = [
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
      cell: (row) => <Badge tone={when(row) === "Active" ? "delivered" : "queued"}>{when(row)}</Badge>,
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
        row.tiers.length === 0 ? (
          <None />
        ) : (
          row.tiers
            .map(
              (t) =>
                `from ${t.from}${row.tierBy === "COUNT" ? "" : " NGR"}: ${row.model === "REVSHARE" ? `${t.percent} %` : t.amount}`,
            )
            .join("; ")
        ),
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
      id: "end",
      header: "Actions",
      cell: (row) =>
        when(row) === "Active" && (
          <Button
            size="sm"
            look="quiet"
            onPress={() => {
              setEnding(row);
            }}
          >
            End deal
          </Button>
        ),
    },
  ];
  return (
    <Panel
      title="Deals"
      flush
      aside={
        <Button
          size="sm"
          icon={Plus}
          onPress={() => {
            setNew(true);
          }}
        >
          New deal
        </Button>
      }
    >
      <Table label="Deals" columns={columns} rows={offer.deals} rowId={(row) => row.id} />
      <Dialog
        title="New deal"
        wide
        isOpen={isNew}
        onClose={() => {
          setNew(false);
        }}
      >
        <DealForm
          offerId={offer.id}
          currency={offer.currency}
          onSaved={() => {
            setNew(false);
            toast("Deal created");
            onChanged();
          }}
        />
      </Dialog>
      <Confirm
        title="End deal"
        isOpen={ending !== null}
        onClose={() => {
          setEnding(null);
        }}
        action="End deal"
        danger
        isPending={isSaving}
        onConfirm={() => {
          if (!ending) return;
          void save({ id: ending.id }).then((payload) => {
            if (!payload) return;
            setEnding(null);
            toast("Deal ended; calculated conversions keep its terms");
            onChanged();
          });
        }}
      >
        <GeneralError text={errors.general} />
        <p>It no longer pays for new conversions. Those already calculated keep their terms.</p>
      </Confirm>
    </Panel>
  );
}

function Pages({ offer, onChanged }: { offer: Offer; onChanged: () => void }): ReactElement {
  const [editing, setEditing] = useState<Page | "new" | null>(null);
  const [deleting, setDeleting] = useState<Page | null>(null);
  const { errors, isSaving, save } = useSave(DeletePage, "deleteLandingPage");
  const { tryNow } = useTry(onChanged);
  const columns: Column<Page>[] = [
    {
      id: "name",
      header: "Landing page",
      lead: true,
      cell: (row) => (
        <Button
          size="sm"
          look="quiet"
          className="-ml-2 pointer-coarse:-ml-3"
          onPress={() => {
            setEditing(row);
          }}
        >
          {row.name}
        </Button>
      ),
    },
    {
      id: "key",
      header: "lp",
      cell: (row) => (
        <span translate="no" className="font-mono text-sm">
          {row.key}
        </span>
      ),
    },
    {
      id: "url",
      header: "URL",
      cell: (row) => (
        <span translate="no" className="font-mono text-sm break-all text-muted">
          {row.url}
        </span>
      ),
    },
    {
      id: "check",
      header: "Last try",
      label: "last try",
      cell: (row) => <DestinationCheck check={row.check} id={row.id} name={row.name} onTried={onChanged} />,
    },
    {
      id: "delete",
      header: "Actions",
      trail: true,
      cell: (row) => (
        <IconButton
          icon={Trash2}
          label={`Delete ${row.name}`}
          size="sm"
          onPress={() => {
            setDeleting(row);
          }}
        />
      ),
    },
  ];
  return (
    <Panel
      title="Landing pages"
      flush
      aside={
        <Button
          size="sm"
          icon={Plus}
          onPress={() => {
            setEditing("new");
          }}
        >
          New landing page
        </Button>
      }
    >
      {offer.landingPages.length === 0 ? (
        <p className="p-4 text-muted">None: every click goes to the destination.</p>
      ) : (
        <Table label="Landing pages" columns={columns} rows={offer.landingPages} rowId={(row) => row.id} />
      )}
      <Dialog
        title={editing === "new" ? "New landing page" : "Landing page"}
        isOpen={editing !== null}
        onClose={() => {
          setEditing(null);
        }}
      >
        {editing !== null && (
          <PageForm
            offerId={offer.id}
            page={editing === "new" ? null : editing}
            onSaved={(id) => {
              setEditing(null);
              onChanged();
              if (id !== undefined) tryNow(id);
            }}
          />
        )}
      </Dialog>
      <Confirm
        title="Delete landing page"
        isOpen={deleting !== null}
        onClose={() => {
          setDeleting(null);
        }}
        action="Delete"
        danger
        isPending={isSaving}
        onConfirm={() => {
          if (!deleting) return;
          void save({ id: deleting.id }).then((payload) => {
            if (!payload) return;
            setDeleting(null);
            onChanged();
          });
        }}
      >
        <GeneralError text={errors.general} />
        <p>Links that name {deleting?.key} lead to the offer&apos;s destination from then on.</p>
      </Confirm>
    </Panel>
  );
}

function PageForm({
  offerId,
  page,
  onSaved,
}: {
  offerId: string;
  page: Page | null;
  onSaved: (id: string | undefined) => void;
}): ReactElement {
  const [key, setKey] = useState(page?.key ?? "");
  const [name, setName] = useState(page?.name ?? "");
  const [url, setUrl] = useState(page?.url ?? "");
  const { errors, isSaving, save } = useSave(SavePage, "saveLandingPage", ["key", "name", "url"]);
  useUnsavedValues({ key, name, url });
  return (
    <Form
      className="flex flex-col gap-4"
      onSubmit={() => {
        void save({ ...(page ? { id: page.id } : { offerId }), key, name, url }).then((payload) => {
          if (payload) onSaved(payload.landingPage?.id);
        });
      }}
    >
      <GeneralError text={errors.general} />
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        isRequired
        autoFocus
        error={errors.fields["name"]}
      />
      <TextField
        label="Key"
        hint="Value of lp= in the link."
        mono
        value={key}
        onChange={setKey}
        isRequired
        error={errors.fields["key"]}
      />
      <TextField
        label="URL"
        mono
        value={url}
        onChange={setUrl}
        placeholder="https://play.operator.example/welcome?cid={click_id}"
        isRequired
        error={errors.fields["url"]}
      />
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Save
        </Button>
      </div>
    </Form>
  );
}
