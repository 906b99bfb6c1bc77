import { graphql } from "@/graphql/graphql";

import { type Choices, useChoices } from "./use-choices";

const NamesQuery = graphql(`
  query OfferChoices($search: String) {
    offers(first: 100, search: $search) {
      edges {
        node {
          id
          name
          operator
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

const ChosenQuery = graphql(`
  query ChosenOffer($id: ID!) {
    node(id: $id) {
      ... on Offer {
        id
        name
        operator
      }
    }
  }
`);

export function useOfferChoices(selected?: string | null): Choices {
  return useChoices(
    {
      names: NamesQuery,
      list: (data) => data.offers,
      chosen: ChosenQuery,
      node: ({ node }) => (node && "name" in node ? node : null),
      choice: ({ id, name, operator }) => ({ id, label: name, hint: operator }),
    },
    selected,
  );
}
