import * as z from "zod/mini";

// What an address may carry. A part that cannot be read is dropped, so that an old or mistyped address still opens.

export const one = <T extends z.core.SomeType>(of: T) => z.catch(z.optional(of), undefined);

export const many = <T extends z.core.SomeType>(of: T) => z.catch(z.optional(z.array(of)), undefined);
