import * as z from "zod/mini";

import { many, period } from "@/components/records/address";

export const auditSearch = z.object({
  entity: many(z.string()),
  ...period,
});

export type AuditSearch = z.infer<typeof auditSearch>;
