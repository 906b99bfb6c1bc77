// A placeholder taken apart for the forms of its filters, and put together again. Only its punctuation is known here (see the
// grammar in domain/macro/doc.go); what a filter does, the server shows.

export interface FilterCall {
  /** In lower case: the language reads it in any. */
  name: string;
  /** Null for a filter that is called without one. As it is meant, without backslashes. */
  argument: string | null;
}

export interface Expression {
  macro: string;
  filters: FilterCall[];
}

/** Splits at a character that no backslash precedes; the backslashes stay. */
function split(text: string, at: string): string[] {
  const parts = [""];
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === "\\" && i + 1 < text.length) {
      parts[parts.length - 1] += character + text.charAt(i + 1);
      i += 1;
    } else if (character === at) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}

const unescape = (text: string) => text.replaceAll(/\\([\s\S])/g, "$1");
const escape = (text: string) => text.replaceAll(/[{}|\\]/g, String.raw`\$&`);
const escapePair = (text: string) => text.replaceAll(/[{}|,=\\]/g, String.raw`\$&`);

/** Null where the text is no placeholder of ours. */
export function readExpression(text: string): Expression | null {
  if (!text.startsWith("{") || !text.endsWith("}") || text.startsWith("{{")) return null;
  const [macro = "", ...calls] = split(text.slice(1, -1), "|");
  return {
    macro,
    filters: calls.map((call) => {
      const colon = call.indexOf(":");
      if (colon === -1) return { name: call.toLowerCase(), argument: null };
      const name = call.slice(0, colon).toLowerCase();
      const written = call.slice(colon + 1);
      // A map's own signs keep their backslashes: its form reads them.
      return { name, argument: name === "map" ? written : unescape(written) };
    }),
  };
}

export function writeExpression({ macro, filters }: Expression): string {
  const calls = filters.map(({ name, argument }) => {
    if (argument === null) return `|${name}`;
    return `|${name}:${name === "map" ? argument : escape(argument)}`;
  });
  return `{${macro}${calls.join("")}}`;
}

export interface Replacement {
  from: string;
  to: string;
}

/** The argument of `map` as rows; `*` is every other value, an empty one is a macro without a value. */
export function readMap(argument: string): Replacement[] {
  if (argument === "") return [];
  return split(argument, ",").map((pair) => {
    const [from = "", ...to] = split(pair, "=");
    return { from: unescape(from), to: unescape(to.join("=")) };
  });
}

export function writeMap(rows: readonly Replacement[]): string {
  return rows.map(({ from, to }) => `${escapePair(from)}=${escapePair(to)}`).join(",");
}
