import * as z from "zod/mini";

import { many, one, period } from "@/components/records/address";

/** What the audit log can be filtered by. */
export const auditEntities = [
  "affiliate",
  "alert",
  "api_token",
  "campaign",
  "conversion",
  "exchange_rate",
  "deal",
  "goal",
  "landing_page",
  "offer",
  "postback",
  "integration",
  "user",
] as const;

export const auditSearch = z.object({
  entity: many(z.enum(auditEntities)),
  ...period,
});

export type AuditSearch = z.infer<typeof auditSearch>;

/** The address of the clashes: those that wait, or those that are decided. */
export const clashesSearch = z.object({ show: one(z.enum(["decided"])) });
