import { getRouteApi, Link } from "@tanstack/react-router";
import { ArrowLeft, Tags } from "lucide-react";
import { type ReactElement, useCallback } from "react";
import { useQuery } from "urql";

import { StateBadge } from "@/components/ui/badge";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";

import { DestinationCheck, useTry } from "./destination-check";
import { LandingPages } from "./landing-pages";
import { OfferDeals } from "./offer-deals";
import { OfferForm } from "./offer-form";
import { OfferQuery } from "./one-offer";

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
        <OfferDeals offer={offer} onChanged={again} />
        <LandingPages offer={offer} onChanged={again} />
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
