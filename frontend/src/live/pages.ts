import type { TypedDocumentNode } from "@urql/core";
import type { Client } from "urql";

import { explain } from "@/graphql/client";

import type { LivePage } from "./live-log";

interface Connection<Row> {
  edges: readonly { cursor: string; node: Row }[];
  pageInfo: { hasNextPage: boolean };
}

/** An answer of the server, never of the cache. */
async function ask<Data, Variables extends Record<string, unknown>>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<{ data: Data } | { error: string }> {
  const { data, error } = await client
    .query(document, variables, { requestPolicy: "network-only" })
    .toPromise();
  return data ? { data } : { error: error ? explain(error) : "No response." };
}

/** One page of a list, newest first. */
export async function fetchPage<Data, Variables extends Record<string, unknown>, Row>(
  client: Client,
  document: TypedDocumentNode<Data, Variables>,
  variables: NoInfer<Variables>,
  list: (data: Data) => Connection<Row>,
): Promise<LivePage<Row> | { error: string }> {
  const answer = await ask(client, document, variables);
  if ("error" in answer) return answer;
  const { edges, pageInfo } = list(answer.data);
  return {
    rows: edges.map((edge) => edge.node),
    end: edges.at(-1)?.cursor ?? null,
    hasNextPage: pageInfo.hasNextPage,
  };
}

/** Rows as they are now, a hundred at most; those that are gone, or are something else, are left out. */
export async function fetchByIds<Data, Row>(
  client: Client,
  document: TypedDocumentNode<Data, { ids: string[] }>,
  ids: readonly string[],
  rows: (data: Data) => readonly (Row | null)[],
): Promise<Row[] | { error: string }> {
  const answer = await ask(client, document, { ids: [...ids] });
  return "error" in answer ? answer : rows(answer.data).filter((row) => row !== null);
}
