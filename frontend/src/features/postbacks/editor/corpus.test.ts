import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { type Expression, readExpression, readMap, writeExpression, writeMap } from "./expression";
import { addParameter, parametersIn } from "./parameters";
import { macroNames, type Slot, slotsOf } from "./slots";

// The macro language's corpus: domain/macro/testdata/README tells the form, and domain/macro/corpus_test.go, which reads it too, is
// right where the two differ.

const folder = join(import.meta.dirname, "../../../../../domain/macro");

const filterSchema = z.strictObject({
  name: z.string(),
  argument: z.string().optional(),
  pairs: z.array(z.tuple([z.string(), z.string()])).optional(),
});

const placeholderSchema = z
  .strictObject({
    text: z.string(),
    start: z.int(),
    end: z.int(),
    place: z.enum(["host", "path", "name", "value", "fragment"]),
    kind: z.enum(["macro", "foreign"]),
    macro: z.string().optional(),
    filters: z.array(filterSchema).optional(),
  })
  .refine(({ kind, macro, filters }) => (kind === "macro" ? macro !== undefined : !macro && !filters));

const caseSchema = z.strictObject({
  name: z.string(),
  template: z.string(),
  placeholders: z.array(placeholderSchema),
  parameters: z.array(z.strictObject({ name: z.string(), value: z.string().nullable() })),
  /** Why the server refuses it: the editor asks the server. */
  errors: z.array(z.string()),
});

const corpus = z
  .array(caseSchema)
  .parse(JSON.parse(readFileSync(join(folder, "testdata/corpus.json"), "utf8")));

/** The registry, read out of the program's text: in the app it comes from the server. */
function registry(): { name: string; aliases: string[] }[] {
  const text = readFileSync(join(folder, "names.go"), "utf8");
  const constants = new Map([...text.matchAll(/^\t(\w+) +Name = "(\w+)"/gm)].map((m) => [m[1], m[2]]));
  return [...text.matchAll(/^\t\{Name: (\w+),(?: Aliases: \[\]string\{([^}]*)\})?/gm)].map((m) => ({
    name: constants.get(m[1]) ?? "",
    aliases: [...(m[2] ?? "").matchAll(/"(\w+)"/g)].map((alias) => alias[1] ?? ""),
  }));
}

const names = macroNames(registry());

type Placeholder = z.infer<typeof placeholderSchema>;

function filtersOf(expression: Expression | null): Placeholder["filters"] {
  const filters = expression?.filters.map(({ name, argument }) => {
    if (argument === null) return { name };
    if (name !== "map") return { name, argument };
    return { name, pairs: readMap(argument).map(({ from, to }): [string, string] => [from, to]) };
  });
  return filters?.length === 0 ? undefined : filters;
}

function placeholderOf({ text, start, end, place, kind, macro }: Slot): Placeholder {
  if (kind !== "macro") return { text, start, end, place, kind: "foreign" };
  const filters = filtersOf(readExpression(text));
  return { text, start, end, place, kind, macro, ...(filters && { filters }) };
}

/** The parameters that the editor has a row for: those with an equals sign. */
const parametersOf = (text: string) =>
  parametersIn(text, names).map(({ name, slots }) => ({ name, value: slots.map((s) => s.text).join("") }));

it("the whole corpus and the whole registry are read", () => {
  expect(corpus.length).toBeGreaterThanOrEqual(80);
  const count = /macroCount = (\d+)/.exec(readFileSync(join(folder, "names.go"), "utf8"))?.[1];
  expect(
    registry()
      .map(({ name }) => name)
      .filter(Boolean),
  ).toHaveLength(Number(count));
  expect(names.get("sub_3")).toBe("param_3");
});

describe.each(corpus)("$name", ({ template, placeholders, parameters }) => {
  it("has these placeholders", () => {
    const found = slotsOf(template, names).filter(({ kind }) => kind === "macro" || kind === "foreign");
    expect(found.map(placeholderOf)).toEqual(placeholders);
    for (const { text, start, end } of found) expect(template.slice(start, end)).toBe(text);
  });

  it("has these parameters", () => {
    const withValue = parameters.filter(({ value }) => value !== null);
    expect(parametersOf(template)).toEqual(withValue);
    expect(parametersOf(addParameter(template, names))).toEqual([
      ...withValue,
      { name: expect.stringMatching(/^name\d+$/), value: "" },
    ]);
  });

  it("means the same when its filters are written again", () => {
    for (const { text, kind, filters } of placeholders) {
      const expression = kind === "macro" ? readExpression(text) : null;
      if (!expression) continue;
      const again = expression.filters.map(({ name, argument }) => ({
        name,
        argument: name === "map" && argument !== null ? writeMap(readMap(argument)) : argument,
      }));
      const written = readExpression(writeExpression({ ...expression, filters: again }));
      expect(filtersOf(written)).toEqual(filters);
    }
  });
});
