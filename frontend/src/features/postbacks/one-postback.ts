import { graphql, type ResultOf } from "@/graphql/graphql";

import { type Draft, noCampaigns } from "./draft";
import { PostbackParts } from "./mutations";

export const PostbackQuery = graphql(
  `
    query Postback($id: ID!) {
      node(id: $id) {
        ... on Postback {
          id
          ...PostbackParts
          signingSecret
          versions {
            id
            number
            urlTemplate
            method
            statuses
            sendCorrections
            enabled
            furtherGoals
            aggregateSeconds
            bodyRule {
              kind
              path
              value
            }
            createdAt
            author {
              id
              email
            }
          }
        }
      }
    }
  `,
  [PostbackParts],
);

type Node = NonNullable<ResultOf<typeof PostbackQuery>["node"]>;
export type Postback = Extract<Node, { versions: unknown }>;

/** What the form begins with. */
export function toDraft(postback: ResultOf<typeof PostbackParts>): Draft {
  return {
    name: postback.name ?? "",
    scope: postback.scope,
    offerId: postback.offer?.id ?? null,
    campaignId: postback.campaign?.id ?? null,
    goals: [postback.goal.key, ...postback.furtherGoals.map(({ key }) => key)],
    aggregateSeconds: postback.aggregateSeconds,
    urlTemplate: postback.urlTemplate,
    method: postback.method,
    statuses: postback.statuses.filter((status) => status !== "UNKNOWN"),
    sendCorrections: postback.sendCorrections,
    enabled: postback.enabled,
    rule: postback.bodyRule?.kind ?? "NONE",
    rulePath: postback.bodyRule?.path ?? "",
    ruleValue: postback.bodyRule?.value ?? "",
    campaigns: noCampaigns,
  };
}

/** Where it fires, in words. */
export function placeOf(postback: Pick<Postback, "scope" | "offer" | "campaign">): string {
  if (postback.scope === "OFFER") return postback.offer?.name ?? "one offer";
  if (postback.scope === "CAMPAIGN") return postback.campaign?.name ?? "one campaign";
  return "all campaigns";
}
