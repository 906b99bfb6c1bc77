import { expect, it } from "vitest";

import { type DealDraft, dealInput, newDeal } from "./deal-draft";

const typed: DealDraft = {
  ...newDeal("EUR"),
  amount: "120",
  percent: "25",
  from: "2026-03-01",
  tiers: [{ from: "10", amount: "150", percent: "30" }],
};

it.each([
  ["CPA", { amount: "120", tierBy: "COUNT", tiers: [{ from: "10", amount: "150" }] }],
  [
    "CPL",
    { amount: "120", leadGoal: "registration", tierBy: "COUNT", tiers: [{ from: "10", amount: "150" }] },
  ],
  ["REVSHARE", { percent: "25", tierBy: "COUNT", tiers: [{ from: "10", percent: "30" }] }],
  [
    "HYBRID",
    { amount: "120", percent: "25", tierBy: "COUNT", tiers: [{ from: "10", amount: "150", percent: "30" }] },
  ],
] as const)("%s sends only what it pays by", (model, paid) => {
  expect(dealInput({ ...typed, model })).toEqual({
    model,
    currency: "EUR",
    negativeCarryover: true,
    validFrom: "2026-03-01T00:00:00Z",
    ...paid,
  });
});

it("what is left empty is not sent", () => {
  expect(dealInput({ ...newDeal("EUR"), from: "" })).toEqual({
    model: "CPA",
    amount: "",
    currency: "EUR",
    negativeCarryover: true,
  });
  expect(dealInput({ ...newDeal("EUR"), affiliateId: "A1", to: "2026-04-01" })).toMatchObject({
    affiliateId: "A1",
    validTo: "2026-04-01T00:00:00Z",
  });
});
