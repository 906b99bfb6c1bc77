// Where in a URL template its values stand. This is what the eye needs, cut out of the text by its punctuation, again with every
// keystroke; what a macro means and whether it is right, the server says.

export type SlotKind = "macro" | "literal" | "foreign" | "empty";

/** A place that a value stands in. Offsets count UTF-16 code units. */
export interface Slot {
  start: number;
  end: number;
  kind: SlotKind;
  text: string;
  /** The macro's own name, where an alias or other capitals are written; empty for what is no macro. */
  macro: string;
  /** The parameter whose value it is, or a part of it; null in the path. */
  parameter: string | null;
}

/** Every name that a macro may be written by, in small letters, with its own name. */
export type MacroNames = ReadonlyMap<string, string>;

export function macroNames(macros: readonly { name: string; aliases: readonly string[] }[]): MacroNames {
  return new Map(
    macros.flatMap(({ name, aliases }) => [name, ...aliases].map((n) => [n.toLowerCase(), name] as const)),
  );
}

// Our own placeholder, and the placeholders of other trackers and networks, the longer before the shorter.
const tokens = new RegExp(
  [
    String.raw`\$\{[^{}]*\}`,
    String.raw`#\{\w+\.[\w.]+\}`,
    String.raw`\{\{[^{}]*\}\}`,
    String.raw`\{(?:\\.|[^{}\\])*\}`,
    String.raw`##[\w.-]+##`,
    String.raw`#[\w.-]+#`,
    String.raw`\[\[[\w.-]+\]\]`,
    String.raw`\[[A-Za-z][\w.-]*\]`,
    String.raw`%%\w+%%`,
    String.raw`%[A-Za-z_]{3}\w*%(?![0-9A-Fa-f]{2})`,
    String.raw`__[A-Z][A-Z0-9_]*__`,
    String.raw`<[A-Za-z_]\w*>`,
    String.raw`\([a-z_]\w*\)`,
  ].join("|"),
  "g",
);

interface Token {
  start: number;
  end: number;
}

/** Where the host ends: nothing before it is ever a value. */
export function hostEnd(text: string): number {
  return /^[a-z]+:\/\/[^/?#{[]*/i.exec(text)?.[0].length ?? 0;
}

function tokensOf(text: string): Token[] {
  const from = hostEnd(text);
  return [...text.matchAll(tokens)]
    .filter((match) => match.index >= from)
    .map((match) => ({ start: match.index, end: match.index + match[0].length }));
}

function tokenSlot(text: string, { start, end }: Token, names: MacroNames, parameter: string | null): Slot {
  const written = text.slice(start, end);
  const name = /^\{\s*([^{|}]*?)\s*(?:\|.*)?\}$/s.exec(written)?.[1]?.toLowerCase();
  const macro = name === undefined ? undefined : names.get(name);
  return {
    start,
    end,
    text: written,
    kind: macro === undefined ? "foreign" : "macro",
    macro: macro ?? "",
    parameter,
  };
}

/** The first of these characters from `from` on that stands in no token. */
function find(text: string, characters: string, from: number, to: number, all: readonly Token[]): number {
  for (let i = from; i < to; i += 1) {
    const inside = all.find((token) => token.start <= i && i < token.end);
    if (inside) i = inside.end - 1;
    else if (characters.includes(text.charAt(i))) return i;
  }
  return -1;
}

function literal(text: string, start: number, end: number, parameter: string): Slot {
  return { start, end, text: text.slice(start, end), kind: "literal", macro: "", parameter };
}

function valueSlots(
  text: string,
  start: number,
  end: number,
  parameter: string,
  all: readonly Token[],
  names: MacroNames,
): Slot[] {
  if (start === end) return [{ start, end, text: "", kind: "empty", macro: "", parameter }];
  const slots: Slot[] = [];
  let at = start;
  for (const token of all) {
    if (token.start < start || token.end > end) continue;
    if (token.start > at) slots.push(literal(text, at, token.start, parameter));
    slots.push(tokenSlot(text, token, names, parameter));
    at = token.end;
  }
  if (at < end) slots.push(literal(text, at, end, parameter));
  return slots;
}

/** Every value of the template, from left to right: tokens in the path, and each parameter's value, whole or in pieces. */
export function slotsOf(text: string, names: MacroNames): Slot[] {
  const all = tokensOf(text);
  const query = find(text, "?", hostEnd(text), text.length, all);
  const rest = query === -1 ? hostEnd(text) : query + 1;
  const fragment = find(text, "#", rest, text.length, all);
  const queryEnd = fragment === -1 ? text.length : fragment;
  const outside = all.filter((token) => query === -1 || token.end <= query || token.start >= queryEnd);
  const slots = outside.map((token) => tokenSlot(text, token, names, null));
  if (query === -1) return slots;
  for (const { start, equals, end } of parametersOf(text, query + 1, queryEnd, all)) {
    if (equals === -1) {
      slots.push(
        ...all
          .filter((token) => token.start >= start && token.end <= end)
          .map((token) => tokenSlot(text, token, names, null)),
      );
    } else {
      slots.push(...valueSlots(text, equals + 1, end, text.slice(start, equals), all, names));
    }
  }
  return slots.sort((a, b) => a.start - b.start);
}

function parametersOf(text: string, from: number, to: number, all: readonly Token[]) {
  const found: { start: number; equals: number; end: number }[] = [];
  let start = from;
  while (start <= to) {
    const next = find(text, "&", start, to, all);
    const end = next === -1 ? to : next;
    if (end > start) found.push({ start, equals: find(text, "=", start, end, all), end });
    start = end + 1;
  }
  return found;
}

/** The slot that a selection means: the one that is selected whole, or the one that the cursor stands in or at. */
export function slotAt(slots: readonly Slot[], from: number, to: number = from): Slot | null {
  return (
    slots.find((slot) => slot.start === from && slot.end === to) ??
    slots.find((slot) => slot.start <= from && to <= slot.end) ??
    null
  );
}
