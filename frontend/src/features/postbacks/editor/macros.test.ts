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
  macro("date", "Time"),
  macro("payout", "Money"),
  macro("param_1", "Your parameters"),
  macro("moon_phase", "Sky"),
  macro("currency", "Money"),
  macro("count", "Aggregated"),
];

test("what a postback is made of first comes first, a group that is not known last", () => {
  expect(inGroups(all).map(({ group, macros }) => [group, ...macros.map(({ name }) => name)])).toEqual([
    ["Your parameters", "param_1"],
    ["Money", "payout", "currency"],
    ["Time", "date"],
    ["Aggregated", "count"],
    ["Sky", "moon_phase"],
  ]);
});

test("what is aggregated is offered only where something is", () => {
  expect(ofAggregation(all, true)).toContainEqual(macro("count", "Aggregated"));
  expect(ofAggregation(all, false)).toEqual(all.filter(({ name }) => name !== "count"));
});
