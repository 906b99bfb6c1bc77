import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft, Tags } from "lucide-react";
import type { ReactElement } from "react";

import { Badge, StateBadge } from "@/components/ui/badge";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { useNode } from "@/graphql/use-node";

import { ArchiveOffer } from "./archive-offer";
import { DestinationCheck, useTry } from "./destination-check";
import { LandingPages } from "./landing-pages";
import { OfferDeals } from "./offer-deals";
import { OfferForm } from "./offer-form";
import { OfferQuery } from "./one-offer";

const route = getRouteApi("/shell/staff/offers/$id");

export function OfferPage(): ReactElement {
  const { id } = route.useParams();
  const {
    node: offer,
    error,
    fetching,
    retry,
  } = useNode({
    query: OfferQuery,
    id,
    pick: ({ node }) => (node && "landingPages" in node ? node : null),
  });
  const { tryNow } = useTry();
  if (!offer) {
    if (error)
      return <ErrorState title="The offer could not be fetched" message={explain(error)} onRetry={retry} />;
    if (fetching) return <SkeletonBlock label="Loading the offer" lines={8} />;
    return (
      <EmptyState icon={Tags} title="There is no such offer">
        The address may be mistyped.
      </EmptyState>
    );
  }
  return (
    <>
      <PageHead
        title={offer.name}
        aside={
          <span className="flex flex-wrap items-center gap-2">
            {offer.archivedAt === null ? <StateBadge state={offer.state} /> : <Badge>Archived</Badge>}
            <ArchiveOffer offer={offer} />
          </span>
        }
      >
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/staff/offers" className="link inline-flex items-center gap-1">
            <ArrowLeft aria-hidden className="size-3.5" />
            Offers
          </Link>
          {offer.operator}
        </span>
      </PageHead>
      <PageBody>
        <OfferDeals offer={offer} />
        <LandingPages offer={offer} />
        <Panel title="Offer settings">
          <p className="mb-4 flex flex-wrap items-center gap-x-2">
            <span className="font-medium">Destination</span>
            <DestinationCheck check={offer.destinationCheck} id={offer.id} name="the destination" />
          </p>
          <OfferForm
            key={`${offer.id} ${String(offer.archivedAt)}`}
            offer={offer}
            onSaved={(_id, name) => {
              toast(`Saved ${name}`);
              tryNow(offer.id);
            }}
          />
        </Panel>
      </PageBody>
    </>
  );
}
