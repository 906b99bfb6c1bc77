import { connection, type Page } from "./basics";
import { type Delivery, type Filter, matches } from "./deliveries";
import type { World } from "./world";

/** What the API answers about what happened. */
export function factsRoot(world: World) {
  return {
    node: ({ id }: { id: string }) => world.find(id),
    nodes: ({ ids }: { ids: string[] }) => ids.map((id) => world.find(id)),
    clicks: (args: Page & { filter?: Filter }) =>
      connection(
        world.clicks.filter(
          (c) =>
            (!args.filter?.search ||
              [c.clickId, c.param1, c.param2, c.param3].includes(args.filter.search)) &&
            (!args.filter?.campaignIds || args.filter.campaignIds.includes(c.campaign?.id ?? "")),
        ),
        args,
      ),
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
              rule: fired ? "matched" : postback.enabled ? "goal" : "disabled",
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
    replayDeliveries: ({ input }: { input: { filter: Filter; ids?: string[]; dryRun?: boolean } }) => {
      const meant = world.deliveries.filter(
        (d) => matches(d, input.filter) && d.state !== "QUEUED" && (!input.ids || input.ids.includes(d.id)),
      );
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
      return { delivery, userErrors: [] };
    },
  };
}
