// @vitest-environment node
import { describe, expect, it } from "vitest";

import { groupAlike, shapeOf } from "./click-id-shape";

describe("the shape of click ids", () => {
  it("is their length and the kinds of their characters", () => {
    expect(shapeOf([])).toBeNull();
    expect(
      [
        ["8123440917"],
        ["65f0c1d2aa90b3e4f5061728"],
        ["sulnxjt9ng1vu"],
        ["X7K2M9"],
        ["wSE0BCU3LSPHR5K7HJLEQKMH"],
        ["a"],
        ["7f0e9d9a-1c2b-4f6e-8a77-0b1c2d3e4f50"],
      ].map((ids) => shapeOf(ids)?.words),
    ).toEqual([
      "10 characters: digits",
      "24 characters: digits and a–f",
      "13 characters: small letters and digits",
      "6 characters: capitals and digits",
      "24 characters: small letters, capitals and digits",
      "1 character: digits and a–f",
      "36 characters: digits and a–f",
    ]);
  });

  it("is that of all of them: one may happen to have fewer kinds of characters", () => {
    expect(shapeOf(["1234", "12a4", "zz12"])?.key).toBe(shapeOf(["k2m9"])?.key);
    expect(shapeOf(["12", "1234"])?.words).toBe("Various lengths: digits");
    expect(shapeOf(["12", "1234"])?.key).toBe(shapeOf(["1", "123"])?.key);
  });

  it("tells apart what stands between", () => {
    expect(shapeOf(["abz-1234"])?.key).not.toBe(shapeOf(["abz_1234"])?.key);
    expect(shapeOf(["abz-1234"])?.key).not.toBe(shapeOf(["abz1-234"])?.key);
    expect(shapeOf(["abz-1234"])?.key).not.toBe(shapeOf(["abzx1234"])?.key);
  });
});

describe("campaigns whose click ids look alike", () => {
  it("are together, in their order, those without any last", () => {
    const campaign = (name: string, ...clickIds: string[]) => ({ name, clickIds });
    const groups = groupAlike([
      campaign("none"),
      campaign("keitaro 1", "sulnxjt9ng1vu"),
      campaign("voluum", "wSE0BCU3LSPHR5K7HJLEQKMH"),
      campaign("none either"),
      campaign("keitaro 2", "b4yb22lwciwcb", "frdt8sxbw58x8"),
    ]);
    expect(groups.map(({ shape, campaigns }) => [shape?.words, campaigns.map(({ name }) => name)])).toEqual([
      ["13 characters: small letters and digits", ["keitaro 1", "keitaro 2"]],
      ["24 characters: small letters, capitals and digits", ["voluum"]],
      [undefined, ["none", "none either"]],
    ]);
    expect(groupAlike([])).toEqual([]);
  });
});
