// One colour for one name, the same in the template, in the preview and, as far as it goes, on every page.

const classes: readonly string[] = [
  "bg-(--hue-1-soft) text-(--hue-1)",
  "bg-(--hue-2-soft) text-(--hue-2)",
  "bg-(--hue-3-soft) text-(--hue-3)",
  "bg-(--hue-4-soft) text-(--hue-4)",
  "bg-(--hue-5-soft) text-(--hue-5)",
  "bg-(--hue-6-soft) text-(--hue-6)",
];

function hash(name: string): number {
  let sum = 7;
  for (let i = 0; i < name.length; i += 1) sum = (sum * 31 + name.charCodeAt(i)) >>> 0;
  return sum;
}

/** A name's own hue, or the next that is free among these names; only from the seventh on are hues shared. */
export function hues(names: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  const taken = new Set<number>();
  for (const name of names) {
    if (map.has(name)) continue;
    if (taken.size === classes.length) taken.clear();
    let hue = hash(name) % classes.length;
    while (taken.has(hue)) hue = (hue + 1) % classes.length;
    taken.add(hue);
    map.set(name, classes[hue] ?? "");
  }
  return map;
}
