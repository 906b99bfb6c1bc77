import type { Cache, UpdateResolver } from "@urql/exchange-graphcache";
import type { DocumentNode } from "graphql";

import type { introspection } from "./env";

/** A field of Query, or a list of the viewer's own. */
export type Stale = keyof introspection["types"]["Query"]["fields"] | "viewer.apiTokens";

/** What the cache forgets after each mutation, by the mutation's field. */
export const updates: Record<string, UpdateResolver> = {};

function forget(cache: Cache, names: ReadonlySet<Stale>): void {
  for (const { fieldName, fieldKey } of cache.inspectFields("Query")) {
    if ([...names].some((name) => name === fieldName)) cache.invalidate("Query", fieldKey);
  }
  if (names.has("viewer.apiTokens")) cache.invalidate({ __typename: "Viewer", id: "me" }, "apiTokens");
}

const staleAfter = new Map<string, Set<Stale>>();

/**
 * A mutation with the queries that it makes stale: whatever shows one of them asks for it again. An object that the
 * answer brings along, with its id, needs no mention: it changes wherever it is shown.
 */
export function mutation<Document extends DocumentNode>(document: Document, ...stale: Stale[]): Document {
  for (const definition of document.definitions) {
    if (!("operation" in definition)) continue;
    for (const selection of definition.selectionSet.selections) {
      if (!("alias" in selection || "arguments" in selection)) continue;
      // Several documents may have the same mutation: what any of them names is stale.
      const names = staleAfter.get(selection.name.value) ?? new Set();
      for (const name of stale) names.add(name);
      staleAfter.set(selection.name.value, names);
      updates[selection.name.value] = (_result, _args, cache) => {
        forget(cache, names);
      };
    }
  }
  return document;
}
