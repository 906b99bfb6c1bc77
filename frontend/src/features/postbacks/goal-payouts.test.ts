import { describe, expect, it } from "vitest";

import { firstGoals, type GoalPayout, payoutInWords } from "./goal-payouts";

const pays = (name: string, change: Partial<GoalPayout> = {}): GoalPayout => ({
  own: false,
  percent: null,
  amount: { amount: "90.00", currency: "EUR" },
  offer: { id: name, name },
  ...change,
});

describe("what a goal pays", () => {
  it("is said with the offer, and whose deal it is", () => {
    expect(payoutInWords([])).toBe("Pays nothing under your deals");
    expect(payoutInWords([pays("Lucky Anchor", { own: true })])).toBe(
      "Pays €90.00 on Lucky Anchor (your deal)",
    );
    expect(payoutInWords([pays("Lucky Anchor", { amount: null, percent: "35" })])).toBe(
      "Pays 35 % of the amount on Lucky Anchor",
    );
  });

  it("is said of two offers, and how many more there are", () => {
    const [a, b, c, d] = [pays("A"), pays("B"), pays("C"), pays("D")];
    expect(payoutInWords([a, b])).toBe("Pays €90.00 on A, €90.00 on B");
    expect(payoutInWords([a, b, c])).toBe("Pays €90.00 on A, €90.00 on B and on 1 more offer");
    expect(payoutInWords([a, b, c, d])).toBe("Pays €90.00 on A, €90.00 on B and on 2 more offers");
  });

  it("decides the goals that a new postback begins with", () => {
    expect(firstGoals(null)).toEqual([]);
    const payouts = new Map(
      ["registration", "kyc", "ftd", "deposit", "cpa"].map((key) => [key, key === "cpa" ? [pays("A")] : []]),
    );
    expect(firstGoals(payouts)).toEqual(["registration", "ftd", "cpa"]);
  });
});
