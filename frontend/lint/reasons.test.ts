// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { expect, it } from "vitest";

// A rule that is off has its reason beside it: "off", // why; and a comment that switches one off: -- why.

const root = resolve(import.meta.dirname, "..");

const disabled = /(?:eslint|oxlint)-disable/;

function withoutReason(name: string, text: string): string[] {
  const config = name.endsWith(".json");
  return text
    .split("\n")
    .map((line, i) => ({ line, at: `${name}:${String(i + 1)}` }))
    .filter(({ line }) =>
      config
        ? /: \[?"(?:off|allow)"/.test(line) && !/\/\/ \S/.test(line)
        : disabled.test(line) && !/-- \S/.test(line),
    )
    .map(({ at }) => at);
}

// gql.tada makes env.d.ts, which the linter does not read.
function sources(): string[] {
  return ["src", "e2e", "lint"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((f) => join(folder, f)),
    )
    .concat(readdirSync(root))
    .filter((f) => /\.(ts|tsx|js|mjs)$/.test(f) && f !== join("src", "graphql", "env.d.ts"))
    .concat(".oxlintrc.json");
}

it("every rule that is off has a reason", () => {
  expect(sources().flatMap((f) => withoutReason(f, readFileSync(join(root, f), "utf8")))).toEqual([]);
});

it("finds one that has none", () => {
  expect(withoutReason("a.json", `"x": "off",\n"y": "off", // why`)).toEqual(["a.json:1"]);
  const comment = ["// oxlint", "disable-next-line no-eval"].join("-");
  expect(withoutReason("a.ts", `${comment}\n${comment} -- why`)).toEqual(["a.ts:1"]);
});
