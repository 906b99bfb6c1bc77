// @vitest-environment node
import { expect, it } from "vitest";

import { byScope } from "./groups";

const offer = (name: string) => ({ id: name, name });

it("puts what fires everywhere first, then offers, then campaigns, each by name", () => {
  const groups = byScope([
    { scope: "CAMPAIGN" as const, offer: null, campaign: offer("Zeta"), n: 1 },
    { scope: "OFFER" as const, offer: offer("Poker"), campaign: null, n: 2 },
    { scope: "GLOBAL" as const, offer: null, campaign: null, n: 3 },
    { scope: "OFFER" as const, offer: offer("Casino"), campaign: null, n: 4 },
    { scope: "GLOBAL" as const, offer: null, campaign: null, n: 5 },
  ]);
  expect(groups.map((g) => [g.title, g.postbacks.map((p) => p.n)])).toEqual([
    ["Global", [3, 5]],
    ["Casino", [4]],
    ["Poker", [2]],
    ["Zeta", [1]],
  ]);
});
