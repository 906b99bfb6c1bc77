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

export const auditSearch = z.object({
  entity: many(z.string()),
  ...period,
});

export type AuditSearch = z.infer<typeof auditSearch>;

export const affiliatesSearch = z.object({
  /** A part of the name. */
  q: one(z.string()),
  /** The network's users, in place of affiliates. */
  of: one(z.enum(["staff"])),
});

export type AffiliatesSearch = z.infer<typeof affiliatesSearch>;
