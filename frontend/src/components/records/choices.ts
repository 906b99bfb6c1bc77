import { useQuery } from "urql";

import type { Choice } from "@/components/ui/choice";
import { graphql } from "@/graphql/graphql";

const GoalsQuery = graphql(`
  query GoalChoices {
    goals {
      id
      key
      name
      trigger
    }
  }
`);

const CampaignsQuery = graphql(`
  query CampaignChoices {
    campaigns(first: 100) {
      edges {
        node {
          id
          name
          offer {
            id
            name
          }
        }
      }
    }
  }
`);

const OffersQuery = graphql(`
  query OfferChoices {
    offers(first: 100) {
      edges {
        node {
          id
          name
          operator
        }
      }
    }
  }
`);

/** The event dictionary, to choose from; goals are named by key. */
export function useGoalChoices(): Choice[] {
  const [{ data }] = useQuery({ query: GoalsQuery });
  return (data?.goals ?? []).map(({ key, name, trigger }) => ({ id: key, label: name, hint: trigger }));
}

export function useCampaignChoices(): Choice[] {
  const [{ data }] = useQuery({ query: CampaignsQuery });
  return (data?.campaigns.edges ?? []).map(({ node }) => ({
    id: node.id,
    label: node.name,
    hint: node.offer.name,
  }));
}

export function useOfferChoices(): Choice[] {
  const [{ data }] = useQuery({ query: OffersQuery });
  return (data?.offers.edges ?? []).map(({ node }) => ({
    id: node.id,
    label: node.name,
    hint: node.operator,
  }));
}
