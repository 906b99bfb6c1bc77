// @vitest-environment node
import { describe, expect, it } from "vitest";

import { cut } from "./spans";

const texts = (text: string, marks: [number, number][]) =>
  cut(
    text,
    marks.map(([start, end]) => ({ start, end, value: true })),
  ).map((piece) => (piece.mark === true ? `[${piece.text}]` : piece.text));

describe("cut", () => {
  it("cuts a text at its marks, in whatever order they come", () => {
    expect(
      texts("a={x}&b={y}", [
        [8, 11],
        [2, 5],
      ]),
    ).toEqual(["a=", "[{x}]", "&b=", "[{y}]"]);
  });

  it("counts UTF-16 code units, as the server does", () => {
    expect(texts("é😀{x}", [[3, 6]])).toEqual(["é😀", "[{x}]"]);
  });

  it("leaves out marks that overlap, are empty or lie outside", () => {
    expect(
      texts("abcdef", [
        [0, 3],
        [2, 4],
        [4, 4],
        [5, 99],
      ]),
    ).toEqual(["[abc]", "def"]);
  });
});
