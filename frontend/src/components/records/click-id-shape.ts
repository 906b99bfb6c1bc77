type Alphabet = "digits" | "hex" | "lower" | "upper" | "mixed";

const words: Record<Alphabet, string> = {
  digits: "digits",
  hex: "digits and a–f",
  lower: "small letters and digits",
  upper: "capitals and digits",
  mixed: "small letters, capitals and digits",
};

/** From few characters to all. */
const alphabets: readonly [Alphabet, RegExp][] = [
  ["digits", /^\d*$/],
  ["hex", /^[\da-f]*$/],
  ["lower", /^[\da-z]*$/],
  ["upper", /^[\dA-Z]*$/],
];

const separators = /[^\da-z]/gi;

function alphabetOf(id: string): Alphabet {
  const text = id.replaceAll(separators, "");
  return alphabets.find(([, pattern]) => pattern.test(text))?.[0] ?? "mixed";
}

/** The characters that stand between the others, each with its place. */
function separatorsOf(id: string): string {
  return [...id.matchAll(separators)].map((match) => `${match[0]}${String(match.index)}`).join(" ");
}

/** What ids of one maker have in common: their length, and the kinds of their characters. Equal shapes have equal keys. */
export interface Shape {
  key: string;
  /** The same for people: "13 characters: small letters and digits". */
  words: string;
}

/** The shape of ids that one tracker made; null without any. */
export function shapeOf(ids: readonly string[]): Shape | null {
  const [first] = ids;
  if (first === undefined) return null;
  // One of a few ids may happen to have no letter, or none after f.
  const all = alphabetOf(ids.join(""));
  const length = ids.every((id) => id.length === first.length) ? String(first.length) : "various";
  const between = ids.every((id) => separatorsOf(id) === separatorsOf(first))
    ? separatorsOf(first)
    : "various";
  return {
    key: `${length} ${all} ${between}`,
    words: `${length === "various" ? "Various lengths" : length === "1" ? "1 character" : `${length} characters`}: ${words[all]}`,
  };
}

interface Carries {
  clickIds: readonly string[];
}

/** Campaigns whose last click ids look alike. */
export interface Alike<Campaign> {
  /** Null: no click has carried an id yet. */
  shape: Shape | null;
  campaigns: Campaign[];
}

/** Groups campaigns by the look of their click ids, in the order in which they come; those without any last. */
export function groupAlike<Campaign extends Carries>(campaigns: readonly Campaign[]): Alike<Campaign>[] {
  const groups = new Map<string, Alike<Campaign>>();
  for (const campaign of campaigns) {
    const shape = shapeOf(campaign.clickIds);
    const key = shape?.key ?? "";
    const group = groups.get(key) ?? { shape, campaigns: [] };
    group.campaigns.push(campaign);
    groups.set(key, group);
  }
  return [...groups.values()].toSorted((a, b) => Number(a.shape === null) - Number(b.shape === null));
}
