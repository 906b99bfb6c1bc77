import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

/** Of crossed trackers, what names them. */
export const CrossingNames = graphql(`
  fragment CrossingNames on TrackerCrossing @_unmask {
    affiliate {
      id
      name
    }
    trackers {
      id
      name
    }
  }
`);

export type CrossingNames = ResultOf<typeof CrossingNames>;

/** Those that there are, in short. */
export const CrossedQuery = graphql(
  `
    query CrossedTrackers {
      crossedTrackers {
        message
        ...CrossingNames
      }
    }
  `,
  [CrossingNames],
);

/** Their campaigns, to choose from. */
export const CrossedCampaignsQuery = graphql(
  `
    query CrossedCampaigns {
      crossedTrackers {
        ...CrossingNames
        defaultLinks
        campaigns {
          clickIds
          proposal {
            id
          }
          campaign {
            id
            name
            firingPostbacks {
              id
              tracker {
                id
                name
                shares
              }
            }
          }
        }
      }
    }
  `,
  [CrossingNames],
);

export type Crossing = ResultOf<typeof CrossedCampaignsQuery>["crossedTrackers"][number];
export type CrossedCampaign = Crossing["campaigns"][number];

/** What says which trackers are crossed, by the ids of the trackers. */
export function sameTrackers(a: CrossingNames, b: CrossingNames): boolean {
  return a.trackers.map(({ id }) => id).join() === b.trackers.map(({ id }) => id).join();
}

/** What shows which campaigns a tracker has. */
const stale = [
  "attention",
  "crossedTrackers",
  "trackers",
  "postbacks",
  "postbackGaps",
  "campaigns",
  "alerts",
  "lintPostback",
  "setupChecklist",
] as const;

export const AssignTrackers = mutation(
  graphql(`
    mutation AssignTrackers($input: AssignTrackersInput!) {
      assignTrackers(input: $input) {
        trackers {
          id
          allCampaigns
          defaultLinks
          chosenCampaigns {
            id
          }
          campaigns {
            id
          }
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  ...stale,
);

export const ShareCampaigns = mutation(
  graphql(`
    mutation ShareCampaigns($input: UpdateTrackerInput!) {
      updateTracker(input: $input) {
        tracker {
          id
          name
          shares
          version
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  ...stale,
);
