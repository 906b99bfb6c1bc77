import { describe, expect, it } from "vitest";

import { highest, stackBars } from "./bars";

describe("stackBars", () => {
  it("stacks each series on those before it", () => {
    expect(
      stackBars(
        [
          [30, 10],
          [20, 0],
        ],
        100,
      ),
    ).toEqual([
      [30, 10],
      [50, 10],
    ]);
  });

  it("shows what is there at all, however much another bar has", () => {
    const [tops] = stackBars([[1000, 1, 0]], 100);
    expect(tops).toEqual([1000, 20, 0]);
  });

  it("shows a failure however much was delivered", () => {
    expect(stackBars([[999_990], [10]], 20)).toEqual([[900_000], [1_000_000]]);
  });

  it("never leaves the chart, and never turns round", () => {
    const values = [
      [0, 5, 900, 3, 1],
      [1, 0, 2, 3, 1],
      [0, 0, 70, 3, 0],
    ];
    const tops = stackBars(values, 28);
    for (const [i] of (values[0] ?? []).entries()) {
      const ends = [0, ...tops.map((series) => series[i] ?? NaN)];
      expect(ends).toEqual([...ends].toSorted((a, b) => a - b));
      expect(ends.at(-1)).toBeLessThanOrEqual(highest(values));
      for (const [s, series] of values.entries()) {
        expect((ends[s + 1] ?? NaN) - (ends[s] ?? NaN) > 0).toBe((series[i] ?? 0) > 0);
      }
    }
  });

  it("draws nothing where there is nothing", () => {
    expect(
      stackBars(
        [
          [0, 0],
          [0, 0],
        ],
        64,
      ),
    ).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(stackBars([], 64)).toEqual([]);
    expect(highest([])).toBe(0);
  });
});
