import { expect, test } from "vitest";

import { readWords, writeWords } from "./words";

test("words are written as lines and read back", () => {
  const words = [
    { from: "click_id", to: "data.subid" },
    { from: "goal", to: "=ftd" },
  ];
  expect(writeWords(words)).toBe("click_id = data.subid\ngoal = =ftd");
  expect(readWords(writeWords(words))).toEqual(words);
});

test("empty lines are left out, half a word is kept for the server to refuse", () => {
  expect(readWords("\n  \na=b\nc\n= d")).toEqual([
    { from: "a", to: "b" },
    { from: "c", to: "" },
    { from: "", to: "d" },
  ]);
});
