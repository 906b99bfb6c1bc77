import * as z from "zod/mini";

import { one, period } from "@/components/records/address";

export const clicksSearch = z.object({
  /** A click id, or the whole value of a param. */
  q: one(z.string()),
  /** Staff only. */
  affiliate: one(z.string()),
  campaign: one(z.string()),
  ...period,
  /** Only clicks that came without param_1. */
  param: one(z.enum(["none"])),
});

export type ClicksSearch = z.infer<typeof clicksSearch>;
