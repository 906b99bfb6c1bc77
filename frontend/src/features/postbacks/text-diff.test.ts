import { describe, expect, it } from "vitest";

import { diff } from "./text-diff";

const one = "https://t.example/pb?cid={param_1}&status=sale&x=1";

describe("the difference of two templates", () => {
  it("is the value that changed", () => {
    expect(diff(one, one.replace("sale", "lead"))).toEqual([
      { kind: "same", text: "https://t.example/pb?cid={param_1}&status=" },
      { kind: "removed", text: "sale" },
      { kind: "added", text: "lead" },
      { kind: "same", text: "&x=1" },
    ]);
  });

  it("is nothing where nothing changed", () => {
    expect(diff(one, one)).toEqual([{ kind: "same", text: one }]);
  });

  it.each([
    [one, "https://other.example/"],
    ["", one],
    ["a=1&b=2", "b=2&a=1"],
    ["?&&=", "&=?#"],
  ])("gives either side back: %s, %s", (from, to) => {
    const result = diff(from, to);
    expect(
      result
        .filter((p) => p.kind !== "added")
        .map((p) => p.text)
        .join(""),
    ).toBe(from);
    expect(
      result
        .filter((p) => p.kind !== "removed")
        .map((p) => p.text)
        .join(""),
    ).toBe(to);
  });
});
