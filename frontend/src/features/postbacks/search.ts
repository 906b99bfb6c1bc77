import * as z from "zod/mini";

import { one } from "@/components/records/address";

/** What a new postback begins with: a gap that was shown elsewhere. */
export const newPostbackSearch = z.object({
  campaign: one(z.string()),
  offer: one(z.string()),
  goal: one(z.string()),
});

export const postbackTabs = ["edit", "test", "deliveries", "versions", "health"] as const;

export const postbackSearch = z.object({
  tab: one(z.enum(postbackTabs)),
});

export const trackerTabs = ["setup", "test", "deliveries", "versions", "health"] as const;

export const trackerSearch = z.object({
  tab: one(z.enum(trackerTabs)),
});
