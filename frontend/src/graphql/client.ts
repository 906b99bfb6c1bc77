import { Client, type CombinedError, fetchExchange, mapExchange, type Operation } from "@urql/core";
import { cacheExchange, type Data } from "@urql/exchange-graphcache";

import { lookingAs } from "./looking";
import { updates } from "./mutation";
import { setSessionLost } from "./session";

type Key = (data: Data) => string | null;

const byKey: Key = (data) => (typeof data["key"] === "string" ? data["key"] : null);
const byName: Key = (data) => (typeof data["name"] === "string" ? data["name"] : null);

/** What is told apart by something else than its id. */
const known: Record<string, Key> = {
  Viewer: () => "me",
  Instance: () => "this",
  Macro: byName,
  MacroFilter: byName,
  TrackerPreset: byKey,
  OperatorPlatform: byKey,
};

/** Everything else is kept by its id, and what has none lives inside what holds it. */
const keys = new Proxy(known, {
  get: (types, name): Key =>
    types[String(name)] ?? ((data) => (typeof data["id"] === "string" ? data["id"] : null)),
});

function isUnauthenticated(error: CombinedError): boolean {
  return (
    error.response?.status === 401 ||
    error.graphQLErrors.some((e) => e.extensions["code"] === "UNAUTHENTICATED")
  );
}

/** The queries that something on the page is waiting for or showing. */
const watched = new Map<number, Operation>();

/** The queries whose answers are on their way, and those among them that were asked before something changed. */
const awaited = new Set<number>();
const overtaken = new Set<number>();

function ask(client: Client, operations: Iterable<Operation>): void {
  for (const operation of operations) {
    client.reexecuteOperation(
      client.createRequestOperation("query", operation, { requestPolicy: "network-only" }),
    );
  }
}

/** Asks again for everything that is on the page. */
export function askAgain(client: Client): void {
  ask(client, watched.values());
}

export function createClient(): Client {
  const client = new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-first",
    // One answer to one question: without this urql offers to read event streams too, and a server takes it at its word.
    fetchOptions: () => {
      const as = lookingAs();
      return {
        credentials: "same-origin",
        headers: { accept: "application/json", ...(as !== null && { "x-postrider-view-as": as }) },
      };
    },
    exchanges: [
      mapExchange({
        onOperation: (operation) => {
          if (operation.kind === "query") watched.set(operation.key, operation);
          else if (operation.kind === "teardown") watched.delete(operation.key);
        },
        onError: (error) => {
          if (isUnauthenticated(error)) setSessionLost(true);
        },
      }),
      cacheExchange({
        keys,
        updates: { Mutation: updates },
      }),
      mapExchange({
        onOperation: (operation) => {
          if (operation.kind === "query") awaited.add(operation.key);
          if (operation.kind === "teardown") {
            awaited.delete(operation.key);
            overtaken.delete(operation.key);
          }
        },
        onResult: ({ operation }) => {
          if (operation.kind === "mutation") {
            for (const key of awaited) overtaken.add(key);
            return;
          }
          awaited.delete(operation.key);
          // What it brings may have been read before the change.
          if (overtaken.delete(operation.key)) ask(client, [operation]);
        },
      }),
      fetchExchange,
    ],
  });
  return client;
}

/** What went wrong, in words for people: the network's fault or the server's own sentence. */
export function explain(error: CombinedError): string {
  if (error.networkError) {
    return "The server could not be reached. Check the connection, then try again.";
  }
  return error.graphQLErrors.map((e) => e.message).join(" ") || "The server could not answer that.";
}
