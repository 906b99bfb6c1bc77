import { expect, test } from "vitest";

import { inGroups, type Macro, ofAggregation } from "./macros";

const macro = (name: string, group: string): Macro => ({
  name,
  group,
  aliases: [],
  meaning: `what ${name} is`,
  example: "1",
});

const all = [
  macro("date", "TIME"),
  macro("payout", "MONEY"),
  macro("param_1", "PARAMS"),
  macro("moon_phase", "NIGHT_SKY"),
  macro("currency", "MONEY"),
  macro("count", "AGGREGATED"),
];

test("what a postback is made of first comes first, a group that is not known last", () => {
  expect(inGroups(all).map(({ group, macros }) => [group, ...macros.map(({ name }) => name)])).toEqual([
    ["Your parameters", "param_1"],
    ["Money", "payout", "currency"],
    ["Time", "date"],
    ["Aggregated", "count"],
    ["Night sky", "moon_phase"],
  ]);
});

test("what is aggregated is offered only where something is", () => {
  expect(ofAggregation(all, true)).toContainEqual(macro("count", "AGGREGATED"));
  expect(ofAggregation(all, false)).toEqual(all.filter(({ name }) => name !== "count"));
});
