import { upper } from "@/components/records/address";
import type { DeliveryFilter } from "@/components/records/delivery-pages";

import type { DeliveriesSearch } from "./search";

const ranges: Record<NonNullable<DeliveriesSearch["range"]>, number> = {
  "15m": 15 * 60_000,
  "1h": 3_600_000,
  "24h": 86_400_000,
  "7d": 7 * 86_400_000,
};

/** What the address asks for, as the API's filter. `now` is where a range counts back from. */
export function toFilter(search: DeliveriesSearch, now: Date): DeliveryFilter {
  const { q, state, goal, campaign, postback, code, range, replayed, warning } = search;
  const asksForFailures = state?.some((s) => s === "failed" || s === "cancelled") ?? false;
  const hundred = code === undefined ? null : Number(code[0]) * 100;
  return {
    ...(state && state.length > 0 && { states: state.map(upper) }),
    ...(replayed === "only" && { superseded: true }),
    ...(replayed === undefined && asksForFailures && { superseded: false }),
    ...(warning === "only" && { warning: true }),
    ...(goal && goal.length > 0 && { goals: goal }),
    ...(campaign !== undefined && { campaignIds: [campaign] }),
    ...(postback !== undefined && { postbackIds: [postback] }),
    ...(hundred !== null && { statusCodeFrom: hundred, statusCodeTo: hundred + 99 }),
    ...(range !== undefined && { from: new Date(now.getTime() - ranges[range]).toISOString() }),
    ...(q !== undefined && q !== "" && { search: q }),
  };
}

/** How many filters are set. */
export function countFilters(search: DeliveriesSearch): number {
  return Object.values(search).filter((value) => (Array.isArray(value) ? value.length > 0 : Boolean(value)))
    .length;
}
