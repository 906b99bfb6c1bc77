import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

export const PostbackParts = graphql(`
  fragment PostbackParts on Postback @_unmask {
    id
    name
    scope
    urlTemplate
    sentTo
    method
    statuses
    sendCorrections
    enabled
    version
    holdReason
    affiliate {
      id
      name
    }
    tracker {
      id
      name
    }
    goal {
      id
      key
      name
    }
    furtherGoals {
      id
      key
      name
    }
    aggregateSeconds
    offer {
      id
      name
    }
    campaign {
      id
      name
    }
    bodyRule {
      kind
      path
      value
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
`);

/** What lists postbacks, or says which goals have none. */
const whatShowsPostbacks = ["postbacks", "trackers", "postbackGaps", "campaigns", "node"] as const;

export const CreatePostback = mutation(
  graphql(
    `
      mutation CreatePostback($input: CreatePostbackInput!) {
        createPostback(input: $input) {
          postbacks {
            ...PostbackParts
          }
          userErrors {
            field
            message
          }
        }
      }
    `,
    [PostbackParts],
  ),
  ...whatShowsPostbacks,
  "trackers",
  "conversionTrace",
);

export const CreateTracker = mutation(
  graphql(`
    mutation CreateTracker($input: CreateTrackerInput!) {
      createTracker(input: $input) {
        tracker {
          id
          name
          sentTo
          defaultLinks
          tokens {
            param1
            param2
            param3
          }
          goals {
            goal {
              id
              name
            }
            postbacks {
              id
            }
          }
          campaigns {
            id
            name
            link {
              id
              url
              urlWithToken
            }
          }
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  ...whatShowsPostbacks,
  "trackers",
  "crossedTrackers",
  "offers",
  "conversionTrace",
);

export const UpdatePostback = mutation(
  graphql(
    `
      mutation UpdatePostback($input: UpdatePostbackInput!) {
        updatePostback(input: $input) {
          postback {
            ...PostbackParts
          }
          userErrors {
            field
            message
          }
        }
      }
    `,
    [PostbackParts],
  ),
  ...whatShowsPostbacks,
);

export const RestoreVersion = mutation(
  graphql(
    `
      mutation RestorePostbackVersion($input: RestorePostbackVersionInput!) {
        restorePostbackVersion(input: $input) {
          postback {
            ...PostbackParts
          }
          userErrors {
            message
          }
        }
      }
    `,
    [PostbackParts],
  ),
  ...whatShowsPostbacks,
);

export const SetPostbackEnabled = mutation(
  graphql(`
    mutation SetPostbackEnabled($input: SetPostbackEnabledInput!) {
      setPostbackEnabled(input: $input) {
        postback {
          id
          enabled
        }
        userErrors {
          message
        }
      }
    }
  `),
  "trackers",
  "postbackGaps",
  "campaigns",
);

export const DeletePostback = mutation(
  graphql(`
    mutation DeletePostback($input: DeletePostbackInput!) {
      deletePostback(input: $input) {
        deletedId
        userErrors {
          message
        }
      }
    }
  `),
  ...whatShowsPostbacks,
);
