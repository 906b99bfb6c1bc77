// @vitest-environment node
import { describe, expect, it } from "vitest";

import { countFilters, toFilter } from "./filter";
import { deliveriesSearch } from "./search";

describe("the address of the log", () => {
  it("becomes the API's filter", () => {
    const search = deliveriesSearch.parse({
      q: "0197f3",
      state: ["FAILED", "HELD"],
      goal: ["ftd"],
      campaign: "c1",
      tracker: "t1",
      code: "4xx",
      range: "15m",
    });
    expect(toFilter(search, { from: "2026-06-12T09:45:00.000Z" })).toEqual({
      search: "0197f3",
      states: ["FAILED", "HELD"],
      superseded: false,
      goals: ["ftd"],
      campaignIds: ["c1"],
      trackerIds: ["t1"],
      statusCodeFrom: 400,
      statusCodeTo: 499,
      from: "2026-06-12T09:45:00.000Z",
    });
    expect(countFilters(search)).toBe(7);
  });

  it("leaves out failures that were replayed, unless they are asked for", () => {
    expect(toFilter({ state: ["failed"] }, {})).toEqual({ states: ["FAILED"], superseded: false });
    expect(toFilter({ state: ["delivered"] }, {})).toEqual({ states: ["DELIVERED"] });
    expect(toFilter({ state: ["cancelled"], replayed: "all" }, {})).toEqual({ states: ["CANCELLED"] });
    expect(toFilter({ replayed: "only" }, {})).toEqual({ superseded: true });
  });

  it("asks for everything when it says nothing", () => {
    expect(toFilter({}, {})).toEqual({});
    expect(countFilters(deliveriesSearch.parse({ state: [], q: "" }))).toBe(0);
  });

  it("drops what it cannot read and keeps the rest", () => {
    expect(deliveriesSearch.parse({ state: ["LOST"], code: "6xx", q: "a", x: 1 })).toEqual({ q: "a" });
  });
});
