// @vitest-environment node
import { expect, it } from "vitest";

import { missingByGoal, needsAttention, totals } from "./needs-attention";

const postback = (name: string, failed: number, holdReason: string | null = null, enabled = true) => ({
  name,
  enabled,
  holdReason,
  health: { delivered: 10, failed, waiting: 1 },
});

it("names held postbacks first, then failing ones, and leaves out sound and switched-off ones", () => {
  const list = [
    postback("fails", 2),
    postback("sound", 0),
    postback("held", 0, "Your tracker answered 410."),
    postback("fails more", 9),
    postback("off", 5, null, false),
  ];
  expect(needsAttention(list).map((p) => p.name)).toEqual(["held", "fails more", "fails"]);
  expect(totals(list)).toEqual({ delivered: 50, failed: 16, waiting: 5 });
});

it("says each missing goal once, with the campaigns that lack it, the most first", () => {
  const goal = (id: string) => ({ id, name: id.toUpperCase() });
  const campaign = (id: string, ...goals: string[]) => ({ id, name: id, missingGoals: goals.map(goal) });
  const list = missingByGoal([
    campaign("a", "cpa"),
    campaign("b", "kyc", "cpa"),
    campaign("c"),
    campaign("d", "kyc", "cpa"),
  ]);
  expect(list.map(({ goal: { name }, campaigns }) => [name, campaigns.map((c) => c.id).join()])).toEqual([
    ["CPA", "a,b,d"],
    ["KYC", "b,d"],
  ]);
});
