import { CrossingNames } from "@/components/records/crossed-query";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const ItemParts = graphql(
  `
    fragment AttentionItemParts on AttentionItem @_unmask {
      id
      severity
      message
      since
      ignoredAt
      campaignCount
      alert {
        id
        kind
      }
      postback {
        id
        name
        sentTo
        goal {
          id
          name
        }
      }
      goal {
        id
        key
        name
      }
      crossing {
        ...CrossingNames
      }
      link {
        id
        offer {
          id
          name
        }
      }
      campaigns {
        id
        name
      }
    }
  `,
  [CrossingNames],
);

export type AttentionItem = ResultOf<typeof ItemParts>;

export const AttentionQuery = graphql(
  `
    query Attention {
      attention {
        delivered
        failed
        waiting
        postbacks
        items {
          ...AttentionItemParts
        }
        ignored {
          ...AttentionItemParts
        }
      }
    }
  `,
  [ItemParts],
);

export type AttentionList = ResultOf<typeof AttentionQuery>["attention"];

export const IgnoreAttention = mutation(
  graphql(`
    mutation IgnoreAttention($input: IgnoreAttentionInput!) {
      ignoreAttention(input: $input) {
        userErrors {
          message
        }
      }
    }
  `),
  "attention",
  "alerts",
  "campaigns",
  "postbackGaps",
);
