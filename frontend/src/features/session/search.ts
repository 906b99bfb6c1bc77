import * as z from "zod/mini";

import { one } from "@/components/records/address";

/** `to` is where to go after signing in, as the address has it: the page goes there only if it is of this app. */
export const signInSearch = z.object({ to: one(z.string()) });
