import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

export const CampaignQuery = graphql(`
  query Campaign($id: ID!) {
    node(id: $id) {
      ... on Campaign {
        id
        name
        state
        archivedAt
        dailyCap
        usedToday
        createdAt
        affiliate {
          id
          name
        }
        link {
          id
          url
          urlWithToken
        }
        offer {
          id
          name
          operator
          vertical
          currency
          deal {
            id
            model
            percent
            amount {
              amount
              currency
            }
          }
        }
        trackers {
          id
          name
          allCampaigns
          shares
          tokens {
            param1
            param2
            param3
          }
        }
        postbacks {
          id
          name
          urlTemplate
          enabled
          statuses
          goal {
            id
            name
          }
        }
        firingPostbacks {
          id
          name
          scope
          urlTemplate
          enabled
          statuses
          goal {
            id
            name
          }
        }
        missingGoals {
          id
          key
          name
          trigger
        }
      }
    }
  }
`);

/** Renames a campaign, pauses or resumes it, or sets its cap. */
export const UpdateCampaign = mutation(
  graphql(`
    mutation UpdateCampaign($input: UpdateCampaignInput!) {
      updateCampaign(input: $input) {
        campaign {
          id
          name
          state
          dailyCap
          usedToday
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "campaigns",
  "postbackGaps",
);

/** Chooses a campaign's trackers. */
export const AssignTrackers = mutation(
  graphql(`
    mutation AssignTrackers($input: AssignTrackersInput!) {
      assignTrackers(input: $input) {
        trackers {
          id
          allCampaigns
          defaultLinks
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "campaigns",
  "node",
  "trackers",
  "crossedTrackers",
  "postbackGaps",
  "trackingLink",
);

type Node = NonNullable<ResultOf<typeof CampaignQuery>["node"]>;
export type Campaign = Extract<Node, { missingGoals: unknown }>;
