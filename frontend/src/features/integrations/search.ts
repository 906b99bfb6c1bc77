import * as z from "zod/mini";

import { many, one, period } from "@/components/records/address";

/** The results of calls, in the order in which they are offered. */
export const callResults = [
  "recorded",
  "updated",
  "duplicate",
  "unattributed",
  "unmapped",
  "clash",
  "invalid",
  "unauthorized",
  "unknown_integration",
  "rate_limited",
  "test",
] as const;

/** What was wrong with calls, in the order in which it is offered. */
export const callCauses = [
  "no_id",
  "macro_not_filled",
  "unknown_click",
  "other_operator",
  "outside_window",
  "no_click_bound",
  "repeat",
  "clash",
  "over_cap",
  "overtaken",
  "reversal",
  "bad_signature",
  "bad_token",
  "bad_address",
  "rate_limited",
  "bad_field",
  "unmapped_goal",
  "unmapped_status",
] as const;

export const receivedSearch = z.object({
  /** The value of any parameter, or words of a reason or note, whole or in part. */
  q: one(z.string()),
  result: many(z.enum(callResults)),
  cause: many(z.enum(callCauses)),
  integration: one(z.string()),
  affiliate: one(z.string()),
  ...period,
});

export type ReceivedSearch = z.infer<typeof receivedSearch>;
