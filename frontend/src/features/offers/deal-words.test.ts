import { expect, test } from "vitest";

import { dealWords } from "./deal-words";

test("a deal is said in a few words", () => {
  const amount = { amount: "120.00", currency: "EUR" };
  expect(dealWords({ model: "CPA", amount, percent: null })).toMatch(/^CPA .*120/);
  expect(dealWords({ model: "REVSHARE", amount: null, percent: "35" })).toBe("RevShare 35 %");
  expect(dealWords({ model: "HYBRID", amount, percent: "20" })).toMatch(/^Hybrid .*120.* \+ 20 %$/);
});
