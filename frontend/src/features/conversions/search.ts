import * as z from "zod/mini";

import { one } from "@/components/records/address";

export const conversionStatuses = ["PENDING", "APPROVED", "REJECTED", "CANCELLED"] as const;

export const conversionsSearch = z.object({
  q: one(z.string()),
  goal: one(z.string()),
  status: one(z.enum(conversionStatuses)),
  campaign: one(z.string()),
});

export type ConversionsSearch = z.infer<typeof conversionsSearch>;
