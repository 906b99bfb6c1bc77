import { expect, it } from "vitest";

import { pick } from "./pick";

const ids = ["a", "b", "c", "d", "e"];

it("picks a row and drops it again", () => {
  expect(pick(ids, [], "b", false)).toEqual(["b"]);
  expect(pick(ids, ["a", "b"], "b", false)).toEqual(["a"]);
});

it("with shift picks everything from the last one on, upwards and downwards, each once", () => {
  expect(pick(ids, ["b"], "d", true)).toEqual(["b", "c", "d"]);
  expect(pick(ids, ["d"], "b", true)).toEqual(["c", "d", "b"]);
  expect(pick(ids, ["c", "a"], "d", true)).toEqual(["a", "b", "c", "d"]);
  expect(pick(ids, [], "c", true)).toEqual(["c"]);
});
