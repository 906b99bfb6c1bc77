import * as z from "zod/mini";

import { many, one, period } from "@/components/records/address";

export const receivedSearch = z.object({
  /** The value of any parameter, whole or in part. */
  q: one(z.string()),
  result: many(z.string()),
  integration: one(z.string()),
  ...period,
});

export type ReceivedSearch = z.infer<typeof receivedSearch>;
