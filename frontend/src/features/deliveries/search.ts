import * as z from "zod/mini";

import { many, one, period } from "@/components/records/address";

export const deliveryStates = ["queued", "retrying", "delivered", "failed", "held", "cancelled"] as const;

/** How a code class is written in the address, and what it means. */
export const codeClasses = ["2xx", "3xx", "4xx", "5xx"] as const;

/** The filters of the log. */
export const deliveriesSearch = z.object({
  q: one(z.string()),
  state: many(z.enum(deliveryStates)),
  goal: many(z.string()),
  campaign: one(z.string()),
  tracker: one(z.string()),
  postback: one(z.string()),
  code: one(z.enum(codeClasses)),
  ...period,
  /** Failures that a replay stands for; without it they are left out where failures are asked for. */
  replayed: one(z.enum(["only", "all"])),
  /** Sent without the tracker's click id. */
  warning: one(z.enum(["only"])),
});

export type DeliveriesSearch = z.infer<typeof deliveriesSearch>;
