import { upper } from "@/components/records/address";
import type { Moments } from "@/components/ui/days";
import type { DeliveryFilter } from "@/live/delivery-pages";

import type { DeliveriesSearch } from "./search";

/** What the address asks for, as the API's filter. `moments` are those of its period. */
export function toFilter(search: DeliveriesSearch, moments: Moments): DeliveryFilter {
  const { q, state, goal, campaign, tracker, postback, code, replayed, warning } = search;
  const asksForFailures = state?.some((s) => s === "failed" || s === "cancelled") ?? false;
  const hundred = code === undefined ? null : Number(code[0]) * 100;
  return {
    ...(state && state.length > 0 && { states: state.map(upper) }),
    ...(replayed === "only" && { superseded: true }),
    ...(replayed === undefined && asksForFailures && { superseded: false }),
    ...(warning === "only" && { warning: true }),
    ...(goal && goal.length > 0 && { goals: goal }),
    ...(campaign !== undefined && { campaignIds: [campaign] }),
    ...(tracker !== undefined && { trackerIds: [tracker] }),
    ...(postback !== undefined && { postbackIds: [postback] }),
    ...(hundred !== null && { statusCodeFrom: hundred, statusCodeTo: hundred + 99 }),
    ...moments,
    ...(q !== undefined && q !== "" && { search: q }),
  };
}

/** How many filters are set. */
export function countFilters(search: DeliveriesSearch): number {
  return Object.values(search).filter((value) => (Array.isArray(value) ? value.length > 0 : Boolean(value)))
    .length;
}
