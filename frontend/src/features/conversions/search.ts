import * as z from "zod/mini";

import { many, one, period } from "@/components/records/address";

export const conversionStatuses = ["pending", "approved", "rejected", "cancelled"] as const;

export const conversionsSearch = z.object({
  q: one(z.string()),
  goal: many(z.string()),
  status: many(z.enum(conversionStatuses)),
  campaign: one(z.string()),
  integration: one(z.string()),
  ...period,
});

export type ConversionsSearch = z.infer<typeof conversionsSearch>;
