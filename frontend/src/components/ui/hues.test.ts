// @vitest-environment node
import { expect, it } from "vitest";

import { hues } from "./hues";

it("gives a name its own hue whatever stands around it, and six names six hues", () => {
  expect(hues(["payout"]).get("payout")).toBe(hues(["payout", "param_1"]).get("payout"));
  expect(new Set(hues(["a", "b", "c", "d", "e", "f"]).values()).size).toBe(6);
  expect(hues(["a", "b", "c", "d", "e", "f", "g"]).get("g")).toMatch(/hue-/);
});
