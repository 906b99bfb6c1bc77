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

export const receivedSearch = z.object({
  /** The value of any parameter, whole or in part. */
  q: one(z.string()),
  result: many(z.enum(callResults)),
  integration: one(z.string()),
  ...period,
});

export type ReceivedSearch = z.infer<typeof receivedSearch>;
