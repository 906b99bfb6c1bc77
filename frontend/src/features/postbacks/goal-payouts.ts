import { useQuery } from "urql";

import { formatMoney, plural } from "@/components/ui/format";
import { graphql, type ResultOf } from "@/graphql/graphql";

import type { Draft } from "./draft";

const GoalPayoutsQuery = graphql(`
  query GoalPayouts($postback: PostbackInput!) {
    goalPayouts(postback: $postback) {
      goal {
        id
        key
      }
      payouts {
        own
        percent
        amount {
          amount
          currency
        }
        offer {
          id
          name
        }
      }
    }
  }
`);

export type GoalPayout = ResultOf<typeof GoalPayoutsQuery>["goalPayouts"][number]["payouts"][number];

/** What each goal pays where the draft fires, by key, in the order of the event dictionary; null until it is known. */
export function useGoalPayouts(
  { scope, offerId, campaignId }: Pick<Draft, "scope" | "offerId" | "campaignId">,
  postbackId: string | null,
): ReadonlyMap<string, readonly GoalPayout[]> | null {
  const [{ data }] = useQuery({
    query: GoalPayoutsQuery,
    variables: {
      postback: {
        id: postbackId,
        scope,
        offerId: scope === "OFFER" ? offerId : null,
        campaignId: scope === "CAMPAIGN" ? campaignId : null,
      },
    },
  });
  return data ? new Map(data.goalPayouts.map(({ goal, payouts }) => [goal.key, payouts])) : null;
}

/** The goals that a new postback begins with: those that trackers count, and those that pay. */
export function firstGoals(payouts: ReadonlyMap<string, readonly GoalPayout[]> | null): string[] {
  return [...(payouts ?? [])]
    .filter(([key, pays]) => key === "registration" || key === "ftd" || pays.length > 0)
    .map(([key]) => key);
}

function one({ amount, percent, offer, own }: GoalPayout): string {
  const pays =
    amount === null ? `${percent ?? "0"} % of the amount` : formatMoney(amount.amount, amount.currency);
  return `${pays} on ${offer.name}${own ? " (your deal)" : ""}`;
}

/** What a goal pays, in words. */
export function payoutInWords(payouts: readonly GoalPayout[]): string {
  if (payouts.length === 0) return "Pays nothing under your deals";
  const more = payouts.length - 2;
  const rest = more > 0 ? ` and on ${plural(more, "more offer", "more offers")}` : "";
  return `Pays ${payouts.slice(0, 2).map(one).join(", ")}${rest}`;
}
