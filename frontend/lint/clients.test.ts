// @vitest-environment node
import { generate } from "@graphql-codegen/cli";
import { ESLint } from "eslint";
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import { parse, print } from "graphql";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

// The compilers and linters that integrators use, each as it comes, over our schema: what they generate from it, and what they
// find fault with. genqlient is Go's: graph/clients_test.go.

/** Runs a script of Node's, and says what it said where it fails. */
async function run(args: string[], cwd: string): Promise<void> {
  await promisify(execFile)(process.execPath, args, { cwd }).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(stdout + stderr);
    },
  );
}

const frontend = resolve(import.meta.dirname, "..");
const root = resolve(frontend, "..");
const schema = join(root, "graph/schema.graphql");
const operations = join(frontend, "lint/clients/operations.graphql");
// Inside of frontend/, where what generated code imports is found.
const made = join(frontend, "test-results/clients");

// Compilers take seconds; on a machine that does much else, many.
vi.setConfig({ testTimeout: 240_000 });

beforeAll(() => {
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
});

afterAll(() => {
  rmSync(made, { recursive: true, force: true });
});

/** Names that the linter would have otherwise, and why they stay. */
const stay = [
  // Macros and operators' parameters of the same names: whoever syncs joins the two.
  `Field "clickId" starts with the name of the parent type "Click"`,
  `Field "conversionId" starts with the name of the parent type "Conversion"`,
  `Field "deliveryId" starts with the name of the parent type "Delivery"`,
  // It is a verb there: the player clicked.
  `Field "clickedAt" starts with the name of the parent type "Click"`,
];

/** What @graphql-eslint finds in a file. */
async function findings(file: string): Promise<string[]> {
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: join(frontend, "lint/clients/eslint.config.js"),
  });
  const results = await eslint.lintFiles([file]);
  expect(results).toHaveLength(1);
  return results.flatMap(({ messages }) => messages.map(({ message }) => message));
}

it("@graphql-eslint finds nothing in the schema but names that stay", async () => {
  expect((await findings(schema)).toSorted()).toEqual(stay.toSorted());
});

it("@graphql-eslint finds nothing in operations as integrators write them", async () => {
  expect(await findings(operations)).toEqual([]);
});

it("@graphql-codegen generates types that TypeScript takes", async () => {
  const folder = join(made, "codegen");
  await generate(
    {
      schema,
      documents: operations,
      silent: true,
      generates: { [`${folder}/`]: { preset: "client", config: { useTypeImports: true } } },
    },
    true,
  );
  writeFileSync(
    join(folder, "use.ts"),
    `import type { ResultOf } from "@graphql-typed-document-node/core";
import { ConversionsDocument, type ConversionRowFragment } from "./graphql";
type Node = ResultOf<typeof ConversionsDocument>["conversions"]["edges"][number]["node"];
export const row = (r: ConversionRowFragment): [string, string | null | undefined] => [r.id, r.payout?.[" $fragmentRefs"] ? r.playerId : null];
export const id = (node: Node): string => node[" $fragmentRefs"]?.ConversionRowFragment.id ?? "";
`,
  );
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        module: "ESNext",
        moduleResolution: "bundler",
        target: "ES2023",
        types: [],
      },
      include: ["*.ts"],
    }),
  );
  expect(readdirSync(folder)).toContain("graphql.ts");
  await run([join(frontend, "node_modules/typescript/lib/tsc.js"), "-p", folder], frontend);
});

it("relay-compiler compiles fragments that page, refetch and append", async () => {
  const folder = join(made, "relay");
  mkdirSync(join(folder, "src"), { recursive: true });
  const { definitions } = parse(
    readFileSync(join(frontend, "lint/clients/operations.relay.graphql"), "utf8"),
  );
  writeFileSync(
    join(folder, "src/client.js"),
    definitions.map((definition) => `graphql\`${print(definition)}\`;`).join("\n"),
  );
  writeFileSync(
    join(folder, "relay.config.json"),
    JSON.stringify({
      src: "./src",
      schema,
      language: "javascript",
      artifactDirectory: "./made",
      eagerEsModules: true,
    }),
  );
  mkdirSync(join(folder, "made"));
  const compiler = join(frontend, "node_modules/relay-compiler/cli.js");
  await run([compiler, "relay.config.json"], folder);
  expect(readdirSync(join(folder, "made"))).toEqual(
    expect.arrayContaining([
      "clientCampaignsPageQuery.graphql.js",
      "clientCreateCampaignMutation.graphql.js",
    ]),
  );
});
