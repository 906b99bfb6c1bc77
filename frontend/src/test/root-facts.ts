import { connection, type Page } from "./basics";
import { type Delivery, type Filter, matches } from "./deliveries";
import type { World } from "./world";

interface ReplayArguments {
  filter: Filter;
  ids?: string[];
  includeDelivered?: boolean;
}

/** What a bulk replay sends: what failed and was not replayed, and on request what was delivered. */
function replayable(world: World, { filter, ids, includeDelivered }: ReplayArguments): Delivery[] {
  const states = includeDelivered === true ? ["FAILED", "CANCELLED", "DELIVERED"] : ["FAILED", "CANCELLED"];
  return world.deliveries.filter(
    (d) =>
      matches(d, filter) &&
      states.includes(d.state) &&
      d.supersededBy === null &&
      (!ids || ids.includes(d.id)),
  );
}

/** What the API answers about what happened. */
export function factsRoot(world: World) {
  return {
    node: ({ id }: { id: string }) => world.find(id),
    nodes: ({ ids }: { ids: string[] }) => ids.map((id) => world.find(id)),
    clicks: (args: Page & { filter?: Filter & { affiliateIds?: string[]; hasParam?: boolean } }) =>
      connection(
        world.clicks.filter(
          (c) =>
            (!args.filter?.search ||
              [c.clickId, c.param1, c.param2, c.param3].includes(args.filter.search)) &&
            (!args.filter?.campaignIds || args.filter.campaignIds.includes(c.campaign?.id ?? "")) &&
            (!args.filter?.affiliateIds || args.filter.affiliateIds.includes(c.affiliate.id)) &&
            (args.filter?.hasParam === undefined || args.filter.hasParam === (c.param1 !== "")),
        ),
        args,
      ),
    conversionTotals: () => ({ count: world.conversions.length, capped: false, payouts: [] }),
    conversions: (args: Page & { filter?: Filter & { statuses?: string[] } }) =>
      connection(
        world.conversions.filter(
          (c) =>
            (!args.filter?.search ||
              [c.conversionId, c.clickId, c.playerId, c.transactionId].includes(args.filter.search)) &&
            (!args.filter?.goals || args.filter.goals.includes(c.goal.key)) &&
            (!args.filter?.statuses || args.filter.statuses.includes(c.status)),
        ),
        args,
      ),
    deliveries: (args: Page & { filter?: Filter }) =>
      connection(
        world.deliveries.filter((d) => matches(d, args.filter)),
        args,
      ),
    conversionTrace: ({ conversionId }: { conversionId: string }) => {
      const conversion = world.conversions.find((c) => c.id === conversionId);
      return (
        conversion && {
          conversion,
          click: conversion.click,
          considered: world.postbacks.map((postback) => {
            const fired = conversion.deliveries.some((d) => (d as Delivery).postback === postback);
            return {
              postback,
              event: conversion.events[0],
              fired,
              aggregatedInto: null,
              rule: fired ? "MATCHED" : postback.enabled ? "GOAL" : "DISABLED",
              reason: fired
                ? "The goal, the status and the scope match."
                : postback.enabled
                  ? `It is for ${postback.goal.name}; this is ${conversion.goal.name}.`
                  : "It is switched off.",
            };
          }),
          deliveries: conversion.deliveries,
        }
      );
    },
    replayPreview: (input: ReplayArguments) => {
      const meant = replayable(world, input);
      const count = (key: (d: Delivery) => string) =>
        [...new Set(meant.map(key))].map((name) => {
          const of = meant.filter((d) => key(d) === name);
          return { name, of, count: of.length };
        });
      return {
        __typename: "ReplayPreview",
        count: meant.length,
        postbacks: count((d) => d.postback.id).map(({ of, count: n }) => ({
          __typename: "ReplayPreviewPostback",
          count: n,
          postback: of[0]?.postback,
        })),
        reasons: count((d) => (d.state === "DELIVERED" ? "" : "HTTP_403")).map(({ name, count: n }) => ({
          __typename: "ReplayPreviewReason",
          count: n,
          reason: name === "" ? null : name,
          sentence: name === "" ? "Delivered" : "Your tracker answered 403",
        })),
      };
    },
    replayDeliveries: ({ input }: { input: ReplayArguments & { dryRun?: boolean } }) => {
      const meant = replayable(world, input);
      const job = {
        __typename: "BulkReplay",
        id: "B1",
        state: "RUNNING",
        total: meant.length,
        progress: { waiting: meant.length, delivered: 0, failed: 0, cancelled: 0, skipped: 0, failures: [] },
      };
      return { count: meant.length, job: input.dryRun === true ? null : job, userErrors: [] };
    },
    replayDelivery: ({ input }: { input: { id: string } }) => {
      const old = world.deliveries.find((d) => d.id === input.id);
      const delivery = world.add("QUEUED");
      delivery.replayOf = old;
      if (old) old.supersededBy = delivery;
      return { delivery, userErrors: [] };
    },
  };
}
