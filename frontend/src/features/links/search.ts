import * as z from "zod/mini";

import { one } from "@/components/records/address";

/** The campaign or, for a default link, the offer that the builder opens with. */
export const linksSearch = z.object({
  campaign: one(z.string()),
  offer: one(z.string()),
});
