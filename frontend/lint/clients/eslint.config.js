// @graphql-eslint as integrators use it, with what it recommends: over the schema, and over operations as they write them.
import * as graphql from "@graphql-eslint/eslint-plugin";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { Kind, parse } from "graphql";

const schema = resolve(import.meta.dirname, "../../../graph/schema.graphql");
const documents = resolve(import.meta.dirname, "operations.graphql");

/** The types that are no Node, which have no id of their own: parts, payloads, edges. */
const parts = parse(readFileSync(schema, "utf8"))
  .definitions.filter(
    ({ kind, interfaces = [] }) =>
      kind === Kind.OBJECT_TYPE_DEFINITION && !interfaces.some(({ name }) => name.value === "Node"),
  )
  .map(({ name }) => name.value);

const { parser, configs } = graphql;
const shared = {
  languageOptions: { parser, parserOptions: { graphQLConfig: { schema, documents } } },
  plugins: { "@graphql-eslint": graphql },
};

export default [
  {
    ...shared,
    files: ["graph/schema.graphql"],
    rules: {
      ...configs["flat/schema-recommended"].rules,
      "@graphql-eslint/strict-id-in-types": ["error", { exceptions: { types: parts } }],
    },
  },
  {
    ...shared,
    files: ["frontend/lint/clients/*.graphql"],
    rules: configs["flat/operations-recommended"].rules,
  },
];
