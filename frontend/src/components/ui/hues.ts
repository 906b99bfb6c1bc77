// One colour for one name, the same in the template, in the preview and in a legend.

const count = 6;

const classes: readonly string[] = [
  "bg-(--hue-1-soft) text-(--hue-1)",
  "bg-(--hue-2-soft) text-(--hue-2)",
  "bg-(--hue-3-soft) text-(--hue-3)",
  "bg-(--hue-4-soft) text-(--hue-4)",
  "bg-(--hue-5-soft) text-(--hue-5)",
  "bg-(--hue-6-soft) text-(--hue-6)",
];

/** Gives each name its own hue in the order in which they come; the seventh shares with the first. */
export function hues(names: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (const name of names) {
    if (!map.has(name)) map.set(name, classes[map.size % count] ?? "");
  }
  return map;
}
