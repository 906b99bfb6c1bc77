/**
 * The selection after a row was picked: with `range`, everything from the row that was picked last up to this one as well. `ids` are
 * the rows in their order.
 */
export function pick(
  ids: readonly string[],
  before: readonly string[],
  id: string,
  range: boolean,
): readonly string[] {
  const last = before.at(-1);
  const from = last === undefined ? -1 : ids.indexOf(last);
  const to = ids.indexOf(id);
  if (range && from !== -1 && to !== -1) {
    const between = ids.slice(Math.min(from, to), Math.max(from, to) + 1);
    const kept = before.filter((other) => !between.includes(other));
    return [...kept, ...between.filter((other) => other !== id), id];
  }
  return before.includes(id) ? before.filter((other) => other !== id) : [...before, id];
}
