import { graphql, type ResultOf } from "@/graphql/graphql";

const UnattributedQuery = graphql(`
  query StaffUnattributed($after: String) {
    conversions(first: 50, after: $after, filter: { unattributed: true }) {
      edges {
        node {
          id
          conversionId
          transactionId
          receivedAt
          status
          goal {
            id
            name
          }
          amount {
            amount
            currency
          }
          integration {
            id
            name
          }
          proposals {
            kind
            reason
            click {
              id
              clickId
              param1
              affiliate {
                id
                name
              }
              campaign {
                id
                name
              }
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

/** The pages of conversions without a click. */
export const orphanPages = {
  query: UnattributedQuery,
  list: (data: ResultOf<typeof UnattributedQuery>) => data.conversions,
};

export type Orphan = ResultOf<typeof UnattributedQuery>["conversions"]["edges"][number]["node"];

/** A click that a conversion may be attributed to. */
export interface Proposed {
  orphan: Orphan;
  clickId: string;
  /** The name of the affiliate. */
  of: string;
  reason: string;
}
