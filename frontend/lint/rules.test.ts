// @vitest-environment node
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

// A rule that catches nothing looks exactly like a rule that holds. Each fault here is planted in a copy of the
// project's shape, and the linter, with the project's own configuration, has to find it.

const root = resolve(import.meta.dirname, "..");

const planted: Record<string, { rule: string; files: Record<string, string> }> = {
  "a feature imports another feature": {
    rule: "no-restricted-imports",
    files: {
      "src/features/links/a.ts": `export { b } from "@/features/clicks/b";\n`,
      "src/features/clicks/b.ts": `export const b = 1;\n`,
    },
  },
  "a feature imports another feature by a relative path": {
    rule: "no-restricted-imports",
    files: { "src/features/reports/a.ts": `import { d } from "../clicks/d";\nexport const a = d;\n` },
  },
  "a feature imports the app": {
    rule: "no-restricted-imports",
    files: {
      "src/features/people/a.ts": `import { router } from "@/app/router";\nexport const a = router;\n`,
    },
  },
  "the UI kit asks for data": {
    rule: "no-restricted-imports",
    files: { "src/components/ui/a.ts": `import { useQuery } from "urql";\nexport const a = useQuery;\n` },
  },
  "the UI kit imports a page": {
    rule: "no-restricted-imports",
    files: { "src/components/ui/b.ts": `import { d } from "@/features/clicks/d";\nexport const a = d;\n` },
  },
  "a record's component imports a page": {
    rule: "no-restricted-imports",
    files: {
      "src/components/records/a.ts": `import { d } from "@/features/clicks/d";\nexport const a = d;\n`,
    },
  },
  "the live log's engine imports a page": {
    rule: "no-restricted-imports",
    files: { "src/live/a.ts": `import { d } from "@/features/deliveries/d";\nexport const a = d;\n` },
  },
  "the live log's engine imports a component": {
    rule: "no-restricted-imports",
    files: { "src/live/b.ts": `import { d } from "@/components/ui/d";\nexport const a = d;\n` },
  },
  "the UI kit imports the live log's engine": {
    rule: "no-restricted-imports",
    files: { "src/components/ui/c.ts": `import { d } from "@/live/d";\nexport const a = d;\n` },
  },
  "the client imports a component": {
    rule: "no-restricted-imports",
    files: { "src/graphql/a.ts": `import { d } from "@/components/ui/d";\nexport const a = d;\n` },
  },
  "two modules import each other": {
    rule: "no-cycle",
    files: {
      "src/app/a.ts": `import { b } from "./b";\nexport const a = (): number => b();\n`,
      "src/app/b.ts": `import { a } from "./a";\nexport const b = (): number => a();\n`,
    },
  },
  "a barrel": {
    rule: "no-barrel-file",
    files: {
      "src/components/ui/barrel.ts": `export * from "./one";\n`,
      "src/components/ui/one.ts": `export const one = 1;\n`,
    },
  },
  "an any": {
    rule: "no-explicit-any",
    files: { "src/app/any.ts": `export const f = (x: any): unknown => x;\n` },
  },
  "a promise nobody waits for": {
    rule: "no-floating-promises",
    files: {
      "src/app/floating.ts": `const f = async (): Promise<number> => 1;\nexport function g(): void {\n  f();\n}\n`,
    },
  },
  "a hook behind a condition": {
    rule: "rules-of-hooks",
    files: {
      "src/app/hook.tsx": `import { useState } from "react";\nexport function A({ on }: { on: boolean }) {\n  if (on) {\n    useState(1);\n  }\n  return null;\n}\n`,
    },
  },
  "a hook that forgets what it depends on": {
    rule: "exhaustive-deps",
    files: {
      "src/app/deps.tsx": `import { useEffect } from "react";\nexport function A({ title }: { title: string }) {\n  useEffect(() => {\n    document.title = title;\n  }, []);\n  return null;\n}\n`,
    },
  },
  "a picture without words": {
    rule: "alt-text",
    files: { "src/app/alt.tsx": `export const A = () => <img src="/a.png" />;\n` },
  },
  "a function of more than 120 lines": {
    rule: "max-lines-per-function",
    files: { "src/features/clicks/long.ts": functionOf(121) },
  },
  "a page that fetches for itself": {
    rule: "no-restricted-globals",
    files: { "src/features/clicks/fetch.ts": `export const f = () => fetch("/x");\n` },
  },
};

/** A function that is so many lines long. */
function functionOf(lines: number): string {
  return `export function long(): void {\n${"  // one more\n".repeat(lines - 2)}}\n`;
}

interface Report {
  diagnostics: { code: string; filename: string }[];
}

let folder: string;

function lint(files: Record<string, string>): string[] {
  rmSync(join(folder, "src"), { recursive: true, force: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const run = spawnSync(join(root, "node_modules/.bin/oxlint"), ["--type-aware", "--format", "json", "src"], {
    cwd: folder,
    encoding: "utf8",
  });
  const report = JSON.parse(run.stdout) as Report;
  return report.diagnostics.map((d) => d.code);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "postrider-lint-"));
  for (const file of [".oxlintrc.json", "tsconfig.json"]) cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the linter finds", () => {
  it.each(Object.entries(planted))("%s", (_, { rule, files }) => {
    expect(lint(files).some((code) => code.includes(rule))).toBe(true);
  });

  it("nothing in a file without a fault", () => {
    expect(
      lint({
        "src/features/clicks/a.ts": `import { b } from "./b";\n\nexport const a = b + 1;\n`,
        "src/features/clicks/b.ts": `export const b = 1;\n`,
        "src/features/clicks/long.ts": functionOf(120),
      }),
    ).toEqual([]);
  });
});
