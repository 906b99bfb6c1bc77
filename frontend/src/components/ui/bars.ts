/** What is there at all is seen, however much more there is in another bar. */
const leastPx = 2;

/** The tallest stack of bars; `values[s][i]` is the value of series `s` in bar `i`. */
export function highest(values: readonly (readonly number[])[]): number {
  const sums = (values[0] ?? []).map((_, i) => values.reduce((sum, series) => sum + (series[i] ?? 0), 0));
  return Math.max(0, ...sums);
}

/**
 * Where each series' bars end, stacked in their order from the ground up, for a chart of this many pixels. Where there is no room
 * for all that is there, the lower ones give way: a failure is not hidden by what was delivered.
 */
export function stackBars(values: readonly (readonly number[])[], height: number): number[][] {
  const most = highest(values);
  const least = (most * leastPx) / height;
  const tops: number[][] = values.map(() => []);
  for (const [i] of (values[0] ?? []).entries()) {
    const sizes: number[] = [];
    let room = most;
    for (const series of values.toReversed()) {
      const value = series[i] ?? 0;
      const size = value === 0 ? 0 : Math.min(Math.max(value, least), room);
      sizes.unshift(size);
      room -= size;
    }
    let top = 0;
    for (const [s, size] of sizes.entries()) {
      top += size;
      tops[s]?.push(top);
    }
  }
  return tops;
}
