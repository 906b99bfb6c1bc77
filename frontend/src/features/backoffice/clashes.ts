import { graphql, type ResultOf } from "@/graphql/graphql";

const ClashesQuery = graphql(`
  query StaffClashes($open: Boolean!, $after: String) {
    clashes(first: 20, after: $after, open: $open) {
      edges {
        node {
          id
          reports
          lastAt
          resolution
          resolvedAt
          resolvedBy {
            id
            email
          }
          recorded {
            id
          }
          differs {
            field
            recorded
            reported
          }
          integration {
            id
            name
          }
          conversion {
            id
            conversionId
            clickId
            status
            occurredAt
            goal {
              id
              name
            }
            affiliate {
              id
              name
            }
            amount {
              amount
              currency
            }
          }
          report {
            clickId
            playerId
            transactionId
            status
            occurredAt
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

/** The pages of clashes, those that wait for staff or those that are decided. */
export const clashPages = {
  query: ClashesQuery,
  list: (data: ResultOf<typeof ClashesQuery>) => data.clashes,
};

export type Clash = NonNullable<ResultOf<typeof ClashesQuery>["clashes"]>["edges"][number]["node"];
