import { readExpression, readMap, type Replacement, writeExpression, writeMap } from "./editor/expression";

// What a URL sends as the event: the value of its macro for the goal, as it is or through `map` alone.

/** A goal of the event dictionary. */
export interface NamedGoal {
  key: string;
  name: string;
}

interface Slot {
  start: number;
  end: number;
  byName: boolean;
  pairs: readonly Replacement[];
}

/** The first macro for the goal; null where there is none, or other filters change it. */
function eventSlot(template: string): Slot | null {
  for (const match of template.matchAll(/\{goal_(?:id|name)(?:[^{}\\]|\\[\s\S])*\}/gi)) {
    const expression = readExpression(match[0]);
    const [filter, ...more] = expression?.filters ?? [];
    const macro = expression?.macro.toLowerCase();
    if ((macro !== "goal_id" && macro !== "goal_name") || more.length > 0) continue;
    if (filter !== undefined && filter.name !== "map") continue;
    return {
      start: match.index,
      end: match.index + match[0].length,
      byName: macro === "goal_name",
      pairs: readMap(filter?.argument ?? ""),
    };
  }
  return null;
}

function sent(pairs: readonly Replacement[], value: string): string {
  return pairs.find(({ from }) => from === value)?.to ?? pairs.find(({ from }) => from === "*")?.to ?? value;
}

function eventIn({ byName, pairs }: Slot, { key, name }: NamedGoal): string {
  return sent(pairs, byName ? name : key);
}

/** What the URL sends as the event of a goal; null where it has no macro for it. */
export function eventOf(template: string, goal: NamedGoal): string | null {
  const slot = eventSlot(template);
  return slot && eventIn(slot, goal);
}

/** The URL with another event for a goal: what it sends for the others stays. */
export function withEvent(
  template: string,
  goal: NamedGoal,
  event: string,
  all: readonly NamedGoal[],
): string {
  const slot = eventSlot(template);
  if (slot === null) return template;
  const others = slot.pairs.filter(({ from }) => from === "*");
  const unknown = slot.byName
    ? []
    : slot.pairs.filter(({ from }) => from !== "*" && all.every(({ key }) => key !== from));
  const known = all
    .map((one) => ({ from: one.key, to: one.key === goal.key ? event : eventIn(slot, one) }))
    .filter(({ from, to }) => to !== sent(others, from));
  const pairs = [...known, ...unknown, ...others];
  const filters = pairs.length === 0 ? [] : [{ name: "map", argument: writeMap(pairs) }];
  return (
    template.slice(0, slot.start) + writeExpression({ macro: "goal_id", filters }) + template.slice(slot.end)
  );
}
