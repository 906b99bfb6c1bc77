import { isObjectType } from "graphql";
import { expect, it } from "vitest";

import { theSchema } from "@/test/schema";

import { keys } from "./client";

// The cache writes a warning to the console for an object that it cannot tell from others, and keeps it with its parent.
it("every object of the API has an id, a key, or is known to live inside its parent", () => {
  const forgotten = Object.values(theSchema().getTypeMap())
    .filter(isObjectType)
    .filter(
      ({ name }) =>
        !/^__|^(Query|Mutation|Subscription|PageInfo)$|(Connection|Edge|Payload)$/.test(name) ||
        name === "ProofPayload",
    )
    .filter((type) => !("id" in type.getFields()) && !(type.name in keys))
    .map(({ name }) => name);
  expect(forgotten).toEqual([]);
});
