import { buildSchema, type GraphQLSchema } from "graphql";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const golden = join(import.meta.dirname, "../../../graph/schema.graphql");

let schema: GraphQLSchema | undefined;

/** The API as the server prints it. */
export function theSchema(): GraphQLSchema {
  schema ??= buildSchema(readFileSync(golden, "utf8"));
  return schema;
}
