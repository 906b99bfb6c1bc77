// @vitest-environment node
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { many, one, parseAddress, period, stringifyAddress } from "./address";

const page = z.object({
  q: one(z.string()),
  goal: many(z.string()),
  state: many(z.enum(["failed", "held"])),
  code: one(z.enum(["4xx", "5xx"])),
});

const read = (search: string) => page.parse(parseAddress(search));

const awkward = [
  "a,b",
  ",",
  ",,",
  '"',
  '""',
  '"123"',
  '"a',
  "true",
  "false",
  "null",
  "123",
  "0",
  "-1.50",
  "1e3",
  "[x]",
  "[1]",
  "[]",
  '["x"]',
  '["a","b"]',
  "[",
  "{}",
  '{"a":1}',
  "%",
  "%2C",
  "%252C",
  "100%",
  "a b",
  "a+b",
  "a&b=c",

  "#",
  "?",
  "=",
  "é",
  "😀",
  "/a:b",
  "\\",
  "'",
  " ",
  "\n",
  "__proto__",
  "undefined",
  "0123456789012345678901234567",
];

describe("an address", () => {
  it("has lists with commas, words in lower case and text as it is", () => {
    expect(stringifyAddress({ state: ["failed", "held"], goal: ["ftd"], q: "123", code: undefined })).toBe(
      "?state=failed,held&goal=ftd&q=123",
    );
    expect(stringifyAddress({ q: "https://a.example/b" })).toBe("?q=https://a.example/b");
    expect(stringifyAddress({ first: 5, all: true, none: null })).toBe("?first=5&all=true");
    expect(stringifyAddress({ goal: [], q: "" })).toBe("");
  });

  it("is read as it was meant", () => {
    expect(read("?state=failed,held&goal=ftd&q=123&code=4xx")).toEqual({
      state: ["failed", "held"],
      goal: ["ftd"],
      q: "123",
      code: "4xx",
    });
    expect(read("?q=true")).toEqual({ q: "true" });
    expect(read("?q=a,b")).toEqual({ q: "a,b" });
    expect(read("?state=failed&state=HELD&q=&goal=")).toEqual({ state: ["failed", "held"] });
    // As some programs write what they were given.
    expect(read("?state=failed%2Cheld,")).toEqual({ state: ["failed", "held"] });
  });

  it("of before still opens", () => {
    expect(read(`?state=${encodeURIComponent('["FAILED","HELD"]')}&q=%22123%22`)).toEqual({
      state: ["failed", "held"],
      q: "123",
    });
    expect(read('?state=["FAILED"]&goal=[]')).toEqual({ state: ["failed"] });
  });

  it("drops what it cannot read and keeps the rest", () => {
    expect(read("?state=lost&code=6xx&q=a&x=1")).toEqual({ q: "a" });
    // Half of a list would be another list.
    expect(read("?state=failed,lost&q=a")).toEqual({ q: "a" });
    expect(read("?state=[1]&goal=[&q=%")).toEqual({ goal: ["["], q: "%" });
  });

  it.each(awkward)("gives back %j, alone and in any list", (value) => {
    expect(parseAddress(stringifyAddress({ q: value }))).toEqual({ q: value });
    expect(read(stringifyAddress({ q: value }))).toEqual({ q: value });
    for (const other of awkward) {
      const goal = [value, other];
      expect(read(stringifyAddress({ q: other, goal }))).toEqual({ q: other, goal });
      expect(read(stringifyAddress({ goal: [value] }))).toEqual({ goal: [value] });
    }
  });

  it("stays the same when it is read and written once more", () => {
    for (const value of awkward) {
      const said = stringifyAddress({ q: value, goal: [value, "x"] });
      expect(stringifyAddress(read(said))).toBe(said);
    }
  });

  it.each([
    ["2026-11-30", true],
    ["2024-02-29", true],
    ["1999-12-31", true],
    ["2101-01-01", true],
    ["2023-02-29", false],
    ["2026-02-30", false],
    ["2026-13-01", false],
    ["2026-1-1", false],
    ["1899-12-31", false],
    ["yesterday", false],
  ])("has days of the calendar only: %s", (day, isOne) => {
    const dates = z.object(period);
    expect(dates.parse(parseAddress(`?range=7d&from=${day}&to=${day}`))).toEqual({
      range: "7d",
      ...(isOne && { from: day, to: day }),
    });
    expect(dates.parse(parseAddress("?range=3d"))).toEqual({});
  });

  it.each(["15m", "1h", "24h", "today", "yesterday", "7d", "30d", "month", "last-month"])(
    "has the span %s",
    (range) => {
      expect(z.object(period).parse(parseAddress(`?range=${range}`))).toEqual({ range });
    },
  );
});
