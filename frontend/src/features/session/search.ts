import * as z from "zod/mini";

import { one } from "@/components/records/address";

import { ownAddress } from "./own-address";

/** `to` is where to go after signing in: an address of this app. Anything else is dropped. */
export const signInSearch = z.object({
  to: one(z.string().check(z.refine((to) => ownAddress(to) !== undefined))),
});
