import * as z from "zod/mini";

import { one } from "@/components/records/address";

export const affiliatesSearch = z.object({
  /** A part of the name. */
  q: one(z.string()),
  /** The archived affiliates, or the network's users in place of affiliates. */
  of: one(z.enum(["archived", "staff"])),
});

export type AffiliatesSearch = z.infer<typeof affiliatesSearch>;
