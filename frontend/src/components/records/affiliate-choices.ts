import { graphql } from "@/graphql/graphql";

import { type Choices, useChoices } from "./use-choices";

const NamesQuery = graphql(`
  query AffiliateChoices($search: String) {
    affiliates(first: 100, search: $search) {
      edges {
        node {
          id
          name
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

const ChosenQuery = graphql(`
  query ChosenAffiliate($id: ID!) {
    node(id: $id) {
      ... on Affiliate {
        id
        name
      }
    }
  }
`);

/** For staff. */
export function useAffiliateChoices(selected?: string | null): Choices {
  return useChoices(
    {
      names: NamesQuery,
      list: (data) => data.affiliates,
      chosen: ChosenQuery,
      node: ({ node }) => (node && "name" in node ? node : null),
      choice: ({ id, name }) => ({ id, label: name }),
    },
    selected,
  );
}
