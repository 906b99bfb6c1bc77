import * as z from "zod/mini";

import type { Draft } from "./draft";

// What was typed and not saved, kept for this tab of the browser: a reload, a lost connection or another page do not lose it. It
// has nothing that the page does not show.

const draftShape: z.ZodMiniType<Draft> = z.object({
  name: z.string(),
  scope: z.enum(["GLOBAL", "OFFER", "CAMPAIGN"]),
  offerId: z.nullable(z.string()),
  campaignId: z.nullable(z.string()),
  goals: z.array(z.string()),
  aggregateSeconds: z.nullable(z.number()),
  urlTemplate: z.string(),
  method: z.enum(["GET", "POST"]),
  statuses: z.array(z.enum(["PENDING", "APPROVED", "REJECTED", "CANCELLED"])),
  sendCorrections: z.boolean(),
  enabled: z.boolean(),
  rule: z.enum(["NONE", "CONTAINS", "NOT_CONTAINS", "JSON_FIELD", "STATUS_CODE"]),
  rulePath: z.string(),
  ruleValue: z.string(),
  campaigns: z.object({
    areChosen: z.nullable(z.boolean()),
    chosen: z.array(z.object({ id: z.string(), from: z.string() })),
    defaultLinks: z.nullable(z.boolean()),
    shares: z.boolean(),
  }),
});

const keptShape = z.object({
  /** When it was last changed. */
  at: z.string(),
  draft: draftShape,
  /** The version that it began from; 0 for a new postback. */
  version: z.number(),
  /** Of a new postback: its goals were chosen, and are not those that it begins with. */
  isChosen: z.boolean(),
});

export type Kept = z.infer<typeof keptShape>;

/** `of` tells users, and postbacks, apart: a tab may be used by one after the other. */
export function readKept(of: string): Kept | null {
  try {
    const parsed = keptShape.safeParse(JSON.parse(sessionStorage.getItem(of) ?? "null"));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export function keep(of: string, kept: Kept): void {
  try {
    sessionStorage.setItem(of, JSON.stringify(kept));
  } catch {
    // Without room, or without storage at all, the page still works.
  }
}

export function forget(of: string): void {
  try {
    sessionStorage.removeItem(of);
  } catch {
    // See keep.
  }
}

export const keptName = (userId: string, postback: string): string => `postback draft ${userId} ${postback}`;

export const isSame = (a: Draft, b: Draft): boolean => JSON.stringify(a) === JSON.stringify(b);
