import { initGraphQLTada } from "gql.tada";

import type { introspection } from "./env";

/** Writes a query whose result and variables are typed by the schema. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { Time: string; ID: string };
}>();

export type { FragmentOf, ResultOf, VariablesOf } from "gql.tada";
export { readFragment } from "gql.tada";
