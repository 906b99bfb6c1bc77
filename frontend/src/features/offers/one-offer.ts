import { graphql, type ResultOf } from "@/graphql/graphql";

import { CheckParts } from "./destination-check";

export const OfferQuery = graphql(
  `
    query StaffOffer($id: ID!) {
      node(id: $id) {
        ... on Offer {
          id
          name
          operator
          vertical
          state
          archivedAt
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
          landingPages(archived: null) {
            id
            key
            name
            url
            archivedAt
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

export type Offer = Extract<NonNullable<ResultOf<typeof OfferQuery>["node"]>, { landingPages: unknown }>;
export type LandingPage = Offer["landingPages"][number];
export type Deal = Offer["deals"][number];
