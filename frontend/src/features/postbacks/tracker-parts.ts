import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { EndpointParts } from "./endpoint-parts";

/** What lists and pages say of a tracker. */
export const TrackerParts = graphql(
  `
    fragment TrackerParts on Tracker @_unmask {
      id
      name
      sentTo
      urlTemplate
      method
      allCampaigns
      defaultLinks
      shares
      version
      affiliate {
        id
        name
      }
      preset {
        key
        name
      }
      chosenCampaigns {
        id
        name
      }
      goals {
        goal {
          id
          key
          name
        }
        enabled
        statuses
        event
        urlTemplate
        ownUrl
        postbacks {
          id
          scope
        }
      }
      missingGoals {
        id
        key
        name
      }
      postbacks {
        id
        name
        scope
        enabled
        holdReason
        sentTo
        goal {
          id
          key
          name
        }
        offer {
          id
          name
        }
        campaign {
          id
          name
        }
      }
      endpoints {
        address
        ...EndpointParts
      }
      health {
        delivered
        failed
        waiting
        withoutClickId
        successRate
        p50Ms
        p95Ms
        lastFailureAt
        lastFailureReason
        hours {
          at
          delivered
          failed
        }
      }
    }
  `,
  [EndpointParts],
);

export type TrackerRow = ResultOf<typeof TrackerParts>;

/** Everything of a tracker that its page shows. */
export const TrackerDetails = graphql(
  `
    fragment TrackerDetails on Tracker @_unmask {
      id
      ...TrackerParts
      archivedAt
      preset {
        key
        name
        token
      }
      bodyRule {
        kind
        path
        value
      }
      tokens {
        param1
        param2
        param3
      }
      versions {
        id
        number
        createdAt
        author {
          id
          email
        }
        spec {
          name
          urlTemplate
          method
          bodyRule {
            kind
            path
            value
          }
          allCampaigns
          defaultLinks
          shares
          chosenCampaigns {
            id
            name
          }
          goals {
            goal
            scope
            enabled
            statuses
            urlTemplate
          }
        }
      }
    }
  `,
  [TrackerParts],
);

export type Tracker = ResultOf<typeof TrackerDetails>;
export type TrackerVersion = Tracker["versions"][number];

export const TrackerQuery = graphql(
  `
    query Tracker($id: ID!) {
      node(id: $id) {
        ... on Tracker {
          id
          ...TrackerDetails
        }
      }
    }
  `,
  [TrackerDetails],
);

/** What shows trackers, their postbacks or which campaigns they have. */
const whatShowsTrackers = [
  "trackers",
  "crossedTrackers",
  "postbacks",
  "postbackGaps",
  "campaigns",
  "attention",
  "node",
] as const;

export const UpdateTracker = mutation(
  graphql(
    `
      mutation UpdateTracker($input: UpdateTrackerInput!) {
        updateTracker(input: $input) {
          tracker {
            ...TrackerDetails
          }
          userErrors {
            field
            message
            code
          }
        }
      }
    `,
    [TrackerDetails],
  ),
  ...whatShowsTrackers,
);

export const ArchiveTracker = mutation(
  graphql(`
    mutation ArchiveTracker($input: ArchiveTrackerInput!) {
      archiveTracker(input: $input) {
        tracker {
          id
          archivedAt
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  ...whatShowsTrackers,
);

export const RestoreTracker = mutation(
  graphql(`
    mutation RestoreTracker($input: RestoreTrackerInput!) {
      restoreTracker(input: $input) {
        tracker {
          id
          archivedAt
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  ...whatShowsTrackers,
);

export const DeleteTracker = mutation(
  graphql(`
    mutation DeleteTracker($input: DeleteTrackerInput!) {
      deleteTracker(input: $input) {
        deletedId
        userErrors {
          field
          message
        }
      }
    }
  `),
  ...whatShowsTrackers,
);
