// @vitest-environment node
import { describe, expect, it } from "vitest";

import { countFilters, toFilter } from "./filter";
import { deliveriesSearch } from "./search";

const now = new Date("2026-06-12T10:00:00Z");

describe("the address of the log", () => {
  it("becomes the API's filter", () => {
    const search = deliveriesSearch.parse({
      q: "0197f3",
      state: ["FAILED", "HELD"],
      goal: ["ftd"],
      campaign: "c1",
      code: "4xx",
      range: "15m",
    });
    expect(toFilter(search, now)).toEqual({
      search: "0197f3",
      states: ["FAILED", "HELD"],
      goals: ["ftd"],
      campaignIds: ["c1"],
      statusCodeFrom: 400,
      statusCodeTo: 499,
      from: "2026-06-12T09:45:00.000Z",
    });
    expect(countFilters(search)).toBe(6);
  });

  it("asks for everything when it says nothing", () => {
    expect(toFilter({}, now)).toEqual({});
    expect(countFilters(deliveriesSearch.parse({ state: [], q: "" }))).toBe(0);
  });

  it("drops what it cannot read and keeps the rest", () => {
    expect(deliveriesSearch.parse({ state: ["LOST"], code: "6xx", q: "a", x: 1 })).toEqual({ q: "a" });
  });
});
