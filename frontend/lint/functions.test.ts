// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import ts from "typescript";
import { expect, it } from "vitest";

// The linter holds that no function is over 120 lines; here, that nine in ten are within 60. Functions with a name are counted:
// the callbacks in a line of JSX, many times as many, would hide the long ones.

const root = resolve(import.meta.dirname, "..", "src");

interface Measured {
  name: string;
  lines: number;
}

function nameOf(node: ts.FunctionLikeDeclaration): string | undefined {
  const named = ts.isVariableDeclaration(node.parent) || ts.isPropertyDeclaration(node.parent);
  return node.name?.getText() ?? (named ? node.parent.name.getText() : undefined);
}

/** The functions with a name, those within others too, each with its lines. */
function functions(file: string, text: string): Measured[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const found: Measured[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      const name = nameOf(node);
      if (name !== undefined) {
        found.push({ name: `${file}: ${name}`, lines: lineAt(node.end) - lineAt(node.getStart()) + 1 });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** What nine in ten are not longer than. */
function ninetieth(lengths: readonly number[]): number {
  const sorted = lengths.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0;
}

it("nine in ten functions are within 60 lines", () => {
  const all = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.endsWith("env.d.ts"))
    .flatMap((file) => functions(file, readFileSync(join(root, file), "utf8")));
  expect(all.length).toBeGreaterThan(800);
  expect(ninetieth(all.map(({ lines }) => lines))).toBeLessThanOrEqual(60);
  // So too of components alone, which are longer than the rest.
  const components = all.filter(({ name }) => /\.tsx: [A-Z]/.test(name));
  expect(components.length).toBeGreaterThan(300);
  expect(ninetieth(components.map(({ lines }) => lines))).toBeLessThanOrEqual(60);
});

it("counts functions with a name, wherever they stand", () => {
  const text = `
/** Not counted: above it. */
export function Outer() {
  const inner = () => {
    return [1].map((n) => n);
  };
  return inner;
}
class Log {
  readonly view = () => 1;
  read() {
    return 1;
  }
}
declare function elsewhere(): void;
`;
  expect(functions("a.tsx", text)).toEqual([
    { name: "a.tsx: Outer", lines: 6 },
    { name: "a.tsx: inner", lines: 3 },
    { name: "a.tsx: view", lines: 1 },
    { name: "a.tsx: read", lines: 3 },
  ]);
  expect(ninetieth([61, 1, 2, 3, 4, 5, 6, 7, 8, 60])).toBe(60);
  expect(ninetieth([61, 61, 2, 3, 4, 5, 6, 7, 8, 60])).toBe(61);
});
