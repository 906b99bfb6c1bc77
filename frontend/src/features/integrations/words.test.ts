import { expect, test } from "vitest";

import { filled } from "./words";

test("empty rows are left out, half a row is kept for the server to refuse", () => {
  expect(
    filled([
      { from: " FIRST ", to: "ftd" },
      { from: "", to: " " },
      { from: "c", to: "" },
      { from: "", to: "d" },
    ]),
  ).toEqual([
    { from: "FIRST", to: "ftd" },
    { from: "c", to: "" },
    { from: "", to: "d" },
  ]);
});
