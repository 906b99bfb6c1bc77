import type { Client } from "urql";

import { graphql, type VariablesOf } from "@/graphql/graphql";

import { ConversionRow, type ConversionRowData } from "./conversion-row";
import type { LivePage } from "./live-log";
import { fetchByIds, fetchPage } from "./pages";

const PageQuery = graphql(
  `
    query Conversions($first: Int!, $after: String, $filter: ConversionFilter) {
      conversions(first: $first, after: $after, filter: $filter) {
        edges {
          cursor
          node {
            ...ConversionRow
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  `,
  [ConversionRow],
);

const NodesQuery = graphql(
  `
    query ConversionsById($ids: [ID!]!) {
      nodes(ids: $ids) {
        ... on Conversion {
          ...ConversionRow
        }
      }
    }
  `,
  [ConversionRow],
);

export type ConversionFilter = NonNullable<VariablesOf<typeof PageQuery>["filter"]>;

/** One page, newest first. */
export function fetchConversions(
  client: Client,
  filter: ConversionFilter,
  first: number,
  after: string | null,
): Promise<LivePage<ConversionRowData> | { error: string }> {
  return fetchPage(client, PageQuery, { filter, first, after }, (data) => data.conversions);
}

/** These conversions as they are now. */
export function fetchConversionsByIds(
  client: Client,
  ids: readonly string[],
): Promise<ConversionRowData[] | { error: string }> {
  return fetchByIds(client, NodesQuery, ids, (data) =>
    data.nodes.map((node) => (node !== null && "status" in node ? node : null)),
  );
}
