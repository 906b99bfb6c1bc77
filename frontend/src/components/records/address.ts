import * as z from "zod/mini";

import { spans } from "@/components/ui/period";

// What an address says after its question mark, written for people: `?state=failed,held&q=123`. Every value is text;
// what it means is said by the page's schema. Addresses of before, `?state=["FAILED"]&q="123"`, still open.

/** The text of a JSON string; undefined for anything else. */
function quotedText(text: string): string | undefined {
  const value = text.startsWith('"') ? fromJSON(text) : undefined;
  return typeof value === "string" ? value : undefined;
}

function fromJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads what follows the question mark. A name that stands there twice is a list. */
export function parseAddress(search: string): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    const before = values.get(name);
    const text = quotedText(value) ?? value;
    values.set(name, before === undefined ? text : `${before},${text}`);
  }
  return Object.fromEntries(values);
}

/** Writes what `parseAddress` reads, with a question mark unless there is nothing to say. */
export function stringifyAddress(search: Record<string, unknown>): string {
  const values = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    const text = Array.isArray(value) ? value.map(itemText).join(",") : plainText(value);
    if (text !== undefined && text !== "") values.set(name, text);
  }
  const said = values.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%2F", "/");
  return said === "" ? "" : `?${said}`;
}

/** Text that would be read as JSON is written as JSON, all other text as it is. */
function plainText(value: unknown): string | undefined {
  if (typeof value === "string") return quotedText(value) === undefined ? value : JSON.stringify(value);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** An item of a list, without what would end it or make JSON of the list. */
function itemText(item: unknown): string {
  return String(item).replaceAll(/[%,"[]/g, encodeURIComponent);
}

function readItem(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readList(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const before = value.startsWith("[") ? fromJSON(value) : undefined;
  return Array.isArray(before) ? before : value.split(",").filter(Boolean).map(readItem);
}

// A part that cannot be read is dropped, so that a mistyped address still opens; so is one that says nothing. Words may be
// in capitals, as they were before.

type Schema = z.ZodMiniType;

function read<T extends Schema>(of: T, value: unknown): z.output<T> | undefined {
  const { data } = of.safeParse(value);
  return data ?? (typeof value === "string" ? of.safeParse(value.toLowerCase()).data : undefined);
}

export const one = <T extends Schema>(of: T) =>
  z.optional(z.transform((value) => (value === "" ? undefined : read(of, value))));

export const many = <T extends Schema>(of: T) =>
  z.optional(
    z.transform((value) => {
      const items = readList(value);
      const list = Array.isArray(items) ? items.map((item) => read(of, item)) : [];
      return list.length > 0 && list.every((item) => item !== undefined) ? list : undefined;
    }),
  );

/** A day of the calendar, as 2026-11-30. */
function isDay(text: string): boolean {
  const at = /^(19|20|21)\d\d-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

const day = z.string().check(z.refine(isDay));

/** `?range=7d`, or `?from=2026-11-01&to=2026-11-30`. */
export const period = { range: one(z.enum(spans)), from: one(day), to: one(day) };

/** The API's word as it stands in an address. */
export function lower<T extends string>(text: T): Lowercase<T> {
  return text.toLowerCase() as Lowercase<T>;
}

/** The word as the API has it. */
export function upper<T extends string>(text: T): Uppercase<T> {
  return text.toUpperCase() as Uppercase<T>;
}
