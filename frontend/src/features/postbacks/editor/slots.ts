// Where in a URL template its values stand. This is what the eye needs, cut out of the text by its punctuation, again with every
// keystroke; what a macro means and whether it is right, the server says.

export type SlotKind = "macro" | "literal" | "foreign" | "empty";

/** The part of the URL that a slot is in: a parameter's name and its value are two. */
export type Place = "host" | "path" | "name" | "value" | "fragment";

export const placeNames: Record<Place, string> = {
  host: "the host",
  path: "the path",
  name: "a parameter's name",
  value: "a value",
  fragment: "the fragment",
};

/** A place that a value stands in. Offsets count UTF-16 code units. */
export interface Slot {
  start: number;
  end: number;
  kind: SlotKind;
  text: string;
  /** The macro's own name, where an alias or other capitals are written; empty for what is no macro. */
  macro: string;
  place: Place;
  /** The parameter whose value it is, or a part of it; null elsewhere. */
  parameter: string | null;
}

/** Every name that a macro may be written by, in small letters, with its own name. */
export type MacroNames = ReadonlyMap<string, string>;

export function macroNames(macros: readonly { name: string; aliases: readonly string[] }[]): MacroNames {
  return new Map(
    macros.flatMap(({ name, aliases }) => [name, ...aliases].map((n) => [lower(n), name] as const)),
  );
}

/** Lower case as the server has it: its "İ" becomes "i". */
const lower = (name: string) => name.replaceAll("İ", "i").toLowerCase();

// Our own placeholder: a backslash takes the character after it as it is.
const own = /\{(?:\\[\s\S]|[^{}\\])*\}/y;

const name = String.raw`[A-Za-z_][\w.:-]*`;
const words = String.raw`${name}(?: [\w.:-]+)*`;

// The placeholders of other trackers and networks, as domain/presets finds them, the longer before the shorter.
const doubleBraces = new RegExp(String.raw`\{\{ ?${words} ?\}\}`, "y");
const prefixed = new RegExp(String.raw`[$#]\{(${name})\}`, "y");
const foreign = new RegExp(
  [
    `##${name}##`,
    String.raw`#[A-Za-z_][\w.-]*#`,
    String.raw`%%[A-Za-z_]\w*%%`,
    String.raw`%(?![0-9A-Fa-f]{2})[A-Za-z_]\w*%(?![0-9A-Fa-f]{2})`,
    String.raw`<[A-Za-z_][\w.-]*>`,
    String.raw`\[\[${name}\]\]`,
  ].join("|"),
  "y",
);
// These are made of everyday characters: only where a value may begin are they placeholders.
const foreignWhereAValueBegins = new RegExp(
  [
    String.raw`\[${words}\]`,
    "__[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*__",
    String.raw`\([A-Za-z_][\w.-]*\)`,
  ].join("|"),
  "y",
);
const beforeAValue = /[=/&?\-_.:,|"+\])>}xX;]/;

interface Token {
  start: number;
  end: number;
  /** Empty for what is no macro of ours. */
  macro: string;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Where scheme, host and port end, past the placeholders in them: no macro is filled in before. */
export function hostEnd(text: string): number {
  const scheme = text.slice(0, Math.max(0, text.indexOf("://")));
  const isFixed = /^https?$/i.test(scheme);
  if (!isFixed && (!scheme.includes("{") || /[/?#]/.test(scheme))) return 0;
  let i = scheme.length + "://".length;
  while (i < text.length && !"/?#".includes(text.charAt(i))) i += matchAt(own, text, i)?.[0].length ?? 1;
  return i;
}

/** What begins here: a placeholder of ours or of somebody else's, or a pair of braces that stands for one brace. */
function tokenAt(
  text: string,
  at: number,
  names: MacroNames,
): { length: number; macro: string | null } | null {
  const pair = text.slice(at, at + 2);
  if (pair === "{{" || pair === "}}") {
    const length = matchAt(doubleBraces, text, at)?.[0].length;
    return length === undefined ? { length: 2, macro: null } : { length, macro: "" };
  }
  const ours = matchAt(own, text, at)?.[0];
  if (ours !== undefined) {
    const [written = ""] = ours.slice(1, -1).split("|", 1);
    return { length: ours.length, macro: names.get(lower(written)) ?? "" };
  }
  // "${payout}" is a dollar sign and our macro.
  const other = matchAt(prefixed, text, at);
  if (other && !names.has(lower(other[1] ?? ""))) return { length: other[0].length, macro: "" };
  const found =
    matchAt(foreign, text, at) ??
    (beforeAValue.test(text.charAt(at - 1)) ? matchAt(foreignWhereAValueBegins, text, at) : null);
  return found && { length: found[0].length, macro: "" };
}

function tokensOf(text: string, names: MacroNames): Token[] {
  const host = hostEnd(text);
  const found: Token[] = [];
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at, names);
    const end = at + (token?.length ?? 1);
    if (token && token.macro !== null) found.push({ start: at, end, macro: at < host ? "" : token.macro });
    at = end;
  }
  return found;
}

function tokenSlot(text: string, token: Token, place: Place, parameter: string | null = null): Slot {
  const { start, end, macro } = token;
  return {
    start,
    end,
    text: text.slice(start, end),
    kind: macro === "" ? "foreign" : "macro",
    macro,
    place,
    parameter,
  };
}

/** The first of these characters from `from` on that stands in no token; `to` where there is none. */
function find(text: string, characters: string, from: number, to: number, all: readonly Token[]): number {
  for (let i = from; i < to; i += 1) {
    const inside = all.find((token) => token.start <= i && i < token.end);
    if (inside) i = inside.end - 1;
    else if (characters.includes(text.charAt(i))) return i;
  }
  return to;
}

function literal(text: string, start: number, end: number, parameter: string): Slot {
  return { start, end, text: text.slice(start, end), kind: "literal", macro: "", place: "value", parameter };
}

function valueSlots(
  text: string,
  start: number,
  end: number,
  parameter: string,
  all: readonly Token[],
): Slot[] {
  if (start === end) {
    return [{ start, end, text: "", kind: "empty", macro: "", place: "value", parameter }];
  }
  const slots: Slot[] = [];
  let at = start;
  for (const token of all) {
    if (token.start < start || token.end > end) continue;
    if (token.start > at) slots.push(literal(text, at, token.start, parameter));
    slots.push(tokenSlot(text, token, "value", parameter));
    at = token.end;
  }
  if (at < end) slots.push(literal(text, at, end, parameter));
  return slots;
}

/** Where the query begins, with its question mark, and where it ends; both where it would stand if there is none. */
export function queryOf(text: string, names: MacroNames): { start: number; end: number } {
  return queryAmong(text, tokensOf(text, names));
}

function queryAmong(text: string, all: readonly Token[]): { start: number; end: number } {
  const start = find(text, "?#", hostEnd(text), text.length, all);
  return { start, end: text[start] === "?" ? find(text, "#", start + 1, text.length, all) : start };
}

/** Every value of the template, from left to right: tokens wherever they are, and each parameter's value, whole or in pieces. */
export function slotsOf(text: string, names: MacroNames): Slot[] {
  const all = tokensOf(text, names);
  const host = hostEnd(text);
  const query = queryAmong(text, all);
  const within = (start: number, end: number) =>
    all.filter((token) => token.start >= start && token.start < end);
  const slots = [
    ...within(0, host).map((token) => tokenSlot(text, token, "host")),
    ...within(host, query.start).map((token) => tokenSlot(text, token, "path")),
  ];
  for (const { start, equals, end } of parametersOf(text, query.start + 1, query.end, all)) {
    slots.push(...within(start, equals).map((token) => tokenSlot(text, token, "name")));
    if (equals < end) slots.push(...valueSlots(text, equals + 1, end, text.slice(start, equals), all));
  }
  slots.push(...within(query.end, text.length).map((token) => tokenSlot(text, token, "fragment")));
  return slots;
}

/** The query's parameters; one without an equals sign has it where it ends. */
function parametersOf(text: string, from: number, to: number, all: readonly Token[]) {
  const found: { start: number; equals: number; end: number }[] = [];
  for (let start = from; start < to;) {
    const end = find(text, "&", start, to, all);
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
