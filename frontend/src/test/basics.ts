// What every noun of the test world is made of: its clock, ids, sums and lists.

/** Where the world's clock stands. */
export const now = Date.parse("2026-06-12T10:00:00Z");

export const ago = (ms: number) => new Date(now - ms).toISOString();

/** 32 hex digits that sort by time, like the server's. */
export function hexId(at: number, n: number): string {
  return `${at.toString(16).padStart(12, "0")}7${n.toString(16).padStart(19, "0")}`;
}

export const usd = (amount: string) => ({ amount, currency: "USD" });

export const affiliate = {
  __typename: "Affiliate",
  id: "A1",
  name: "North Star Media",
  tracker: { __typename: "TrackerPreset", key: "keitaro", name: "Keitaro", token: "{subid}" },
  createdAt: ago(9e9),
};

export type Role = "ADMIN" | "MANAGER" | "AFFILIATE";

export const statuses = ["PENDING", "APPROVED", "REJECTED", "CANCELLED"];
export const pick = <T>(list: readonly T[], i: number): T => {
  const item = list[i % list.length];
  if (item === undefined) throw new Error("an empty list");
  return item;
};

export interface Page {
  first?: number;
  after?: string | null;
}

/** A page of rows. A cursor is its row's id, so that a page keeps its place when rows come before it, as on the server. */
export function connection<T extends { id: string }>(all: readonly T[], { first = 50, after }: Page) {
  const at = all.findIndex(({ id }) => id === after);
  const from = after == null ? 0 : at < 0 ? all.length : at + 1;
  const page = all.slice(from, from + first);
  return {
    edges: page.map((node) => ({ node, cursor: node.id })),
    pageInfo: {
      hasNextPage: from + first < all.length,
      hasPreviousPage: from > 0,
      startCursor: page[0]?.id ?? null,
      endCursor: page.at(-1)?.id ?? null,
    },
  };
}
