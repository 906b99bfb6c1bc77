import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import { useQuery } from "urql";

import { Panel } from "@/components/ui/page";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { Step } from "./step";

const NetworkQuery = graphql(`
  query NetworkSetUp {
    offers(first: 20) {
      edges {
        node {
          id
          name
          deal {
            id
          }
        }
      }
    }
    integrations {
      id
      name
    }
    affiliates(first: 20) {
      edges {
        node {
          id
          name
          users {
            id
          }
        }
      }
    }
    conversions(first: 1) {
      edges {
        node {
          id
        }
      }
    }
  }
`);

type Network = ResultOf<typeof NetworkQuery>;

/** What an installation has of what a first conversion needs; undefined until it is known, null once there was one. */
export function useNetworkSetUp(): Network | null | undefined {
  const [{ data, error }] = useQuery({ query: NetworkQuery, requestPolicy: "cache-and-network" });
  if (!data) return error ? null : undefined;
  return data.conversions.edges.length > 0 ? null : data;
}

/** For the staff of a new installation: what leads to a first conversion. */
export function NetworkSetUp({ network }: { network: Network }): ReactElement {
  const offers = network.offers.edges.map(({ node }) => node);
  const [integration] = network.integrations ?? [];
  const affiliates = (network.affiliates?.edges ?? []).map(({ node }) => node);
  const paying = offers.find(({ deal }) => deal !== null);
  const staffed = affiliates.find(({ users }) => users !== null && users.length > 0);
  const done = [offers[0], paying, integration, staffed].filter((step) => step !== undefined).length;
  return (
    <Panel title="Set up" aside={<span className="tabular text-muted">{done} of 5 done</span>} flush>
      <ol aria-label="Checklist" className="grid md:grid-cols-2 xl:grid-cols-5">
        <OfferStep offer={offers[0]} />
        <DealStep offer={offers[0]} paying={paying} />
        <IntegrationStep integration={integration} />
        <AffiliateStep affiliate={affiliates[0]} staffed={staffed} />
        <Step title="First conversion" done={false}>
          Recorded as soon as the operator reports it; each of its calls is in the{" "}
          <Link to="/staff/received" className="link">
            inbound log
          </Link>
          .
        </Step>
      </ol>
    </Panel>
  );
}

interface Named {
  id: string;
  name: string;
}

function OfferStep({ offer }: { offer: Named | undefined }): ReactElement {
  return (
    <Step title="Offer" done={offer !== undefined}>
      {offer ? (
        "Every affiliate has a tracking link for it."
      ) : (
        <>
          What affiliates promote, and where their players land.{" "}
          <Link to="/staff/offers" className="link whitespace-nowrap">
            Add offer
          </Link>
        </>
      )}
    </Step>
  );
}

function DealStep({ offer, paying }: { offer: Named | undefined; paying: Named | undefined }): ReactElement {
  return (
    <Step title="Deal" done={paying !== undefined}>
      {paying ? (
        `In force for ${paying.name}.`
      ) : offer ? (
        <>
          What {offer.name} pays for a conversion.{" "}
          <Link to="/staff/offers/$id" params={{ id: offer.id }} className="link whitespace-nowrap">
            Add deal
          </Link>
        </>
      ) : (
        "What the offer pays for a conversion."
      )}
    </Step>
  );
}

function IntegrationStep({ integration }: { integration: Named | undefined }): ReactElement {
  return (
    <Step title="Integration" done={integration !== undefined}>
      {integration ? (
        <>
          Send the operator the URL and the token of{" "}
          <Link to="/staff/integrations/$id" params={{ id: integration.id }} className="link">
            {integration.name}
          </Link>
          .
        </>
      ) : (
        <>
          The URL that the operator reports conversions to.{" "}
          <Link to="/staff/integrations" className="link whitespace-nowrap">
            Add integration
          </Link>
        </>
      )}
    </Step>
  );
}

function AffiliateStep({
  affiliate,
  staffed,
}: {
  affiliate: Named | undefined;
  /** One that somebody can sign in for. */
  staffed: Named | undefined;
}): ReactElement {
  return (
    <Step title="Affiliate" done={staffed !== undefined}>
      {staffed ? (
        `${staffed.name} can sign in.`
      ) : affiliate ? (
        <>
          Nobody can sign in for {affiliate.name} yet.{" "}
          <Link to="/staff/affiliates/$id" params={{ id: affiliate.id }} className="link whitespace-nowrap">
            Add user
          </Link>
        </>
      ) : (
        <>
          Who promotes the offer, and signs in.{" "}
          <Link to="/staff/affiliates" className="link whitespace-nowrap">
            Add affiliate
          </Link>
        </>
      )}
    </Step>
  );
}
