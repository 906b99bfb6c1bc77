import { graphql } from "@/graphql/graphql";

import { type Choices, useChoices } from "./use-choices";

const NamesQuery = graphql(`
  query CampaignChoices($search: String) {
    campaigns(first: 100, filter: { search: $search }) {
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
      pageInfo {
        hasNextPage
      }
    }
  }
`);

const ChosenQuery = graphql(`
  query ChosenCampaign($id: ID!) {
    node(id: $id) {
      ... on Campaign {
        id
        name
        offer {
          id
          name
        }
      }
    }
  }
`);

export function useCampaignChoices(selected?: string | null): Choices {
  return useChoices(
    {
      names: NamesQuery,
      list: (data) => data.campaigns,
      chosen: ChosenQuery,
      node: ({ node }) => (node && "name" in node ? node : null),
      choice: ({ id, name, offer }) => ({ id, label: name, hint: offer.name }),
    },
    selected,
  );
}
