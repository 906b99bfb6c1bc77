import { afterEach, describe, expect, it } from "vitest";

import { saveValues, savedValues } from "./saved-values";

describe("the values of a postback's test", () => {
  afterEach(() => {
    localStorage.clear();
  });

  it("are kept for each postback and goal", () => {
    saveValues("P1", "ftd", { param_1: "mine" });
    saveValues("P2", "ftd", { param_1: "another" });
    expect(savedValues("P1", "ftd")).toEqual({ param_1: "mine" });
    expect(savedValues("P1", "cpa")).toEqual({});
  });

  it("are left out where they are no values", () => {
    for (const kept of ["", "{", "null", "[1]", '"x"', "7"]) {
      localStorage.setItem("postrider.test.P1.ftd", kept);
      expect(savedValues("P1", "ftd")).toEqual({});
    }
    localStorage.setItem("postrider.test.P1.ftd", '{"param_1": "mine", "payout": 7}');
    expect(savedValues("P1", "ftd")).toEqual({ param_1: "mine" });
  });
});
