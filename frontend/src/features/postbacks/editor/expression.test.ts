import { describe, expect, it } from "vitest";

import { difference, onOneLine } from "./difference";
import { readExpression, readMap, writeExpression, writeMap } from "./expression";

describe("an expression", () => {
  it("is a macro and its filters, with what they are called with", () => {
    expect(readExpression("{amount|mul:0.85|round:2|CENTS}")).toEqual({
      macro: "amount",
      filters: [
        { name: "mul", argument: "0.85" },
        { name: "round", argument: "2" },
        { name: "cents", argument: null },
      ],
    });
    // Spaces belong to the names, which the server then does not know.
    expect(readExpression("{ amount | cents}")).toEqual({
      macro: " amount ",
      filters: [{ name: " cents", argument: null }],
    });
    expect(readExpression("{{x}}")).toBeNull();
    expect(readExpression("abc")).toBeNull();
  });

  it.each([
    "{amount|mul:0.85|round:2}",
    String.raw`{param_1|default:a\|b\}c}`,
    String.raw`{goal_id|map:a\,b=c\=d,*=other}`,
    "{date|format:2006-01-02 15:04:05}",
  ])("%s comes back as it was", (text) => {
    const expression = readExpression(text);
    expect(expression && writeExpression(expression)).toBe(text);
  });

  it("shows what is meant, and hides it again where the language needs that", () => {
    expect(readExpression(String.raw`{param_1|default:a\|b}`)?.filters[0]?.argument).toBe("a|b");
    expect(writeExpression({ macro: "param_1", filters: [{ name: "default", argument: "{x}" }] })).toBe(
      String.raw`{param_1|default:\{x\}}`,
    );
  });
});

describe("a map", () => {
  it("is rows, whatever signs stand in them", () => {
    const rows = [
      { from: "a,b", to: "c=d" },
      { from: "", to: "none" },
      { from: "*", to: "{other}" },
    ];
    expect(readMap(writeMap(rows))).toEqual(rows);
    expect(writeMap(rows)).toBe(String.raw`a\,b=c\=d,=none,*=\{other\}`);
  });
});

describe("a difference", () => {
  it.each([
    ["", "abc"],
    ["a={x}&b=1", "a={xy}&b=1"],
    ["aaaa", "aa"],
    ["abc", "abc"],
    ["one two", "one two two"],
  ])("makes one text of the other: %s, %s", (from, to) => {
    const d = difference(from, to);
    expect(from.slice(0, d.from) + d.insert + from.slice(d.to)).toBe(to);
    expect(d.from).toBeLessThanOrEqual(d.to);
  });

  it("keeps a URL on one line", () => {
    expect(onOneLine("https://t.example/?a=1\n   &b=2\r\n")).toBe("https://t.example/?a=1&b=2");
  });
});
