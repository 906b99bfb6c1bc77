import type { Client } from "urql";

import { explain } from "@/graphql/client";
import { graphql, type VariablesOf } from "@/graphql/graphql";

import { DeliveryRow, type DeliveryRowData } from "./delivery-row";

const PageQuery = graphql(
  `
    query Deliveries($first: Int!, $after: String, $filter: DeliveryFilter) {
      deliveries(first: $first, after: $after, filter: $filter) {
        edges {
          cursor
          node {
            ...DeliveryRow
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  `,
  [DeliveryRow],
);

const NodesQuery = graphql(
  `
    query DeliveriesById($ids: [ID!]!) {
      nodes(ids: $ids) {
        ... on Delivery {
          ...DeliveryRow
        }
      }
    }
  `,
  [DeliveryRow],
);

export type DeliveryFilter = NonNullable<VariablesOf<typeof PageQuery>["filter"]>;

export interface DeliveryPage {
  rows: DeliveryRowData[];
  cursors: string[];
  hasNextPage: boolean;
}

/** One page, always from the server: newest first. */
export async function fetchPage(
  client: Client,
  filter: DeliveryFilter,
  first: number,
  after: string | null,
): Promise<DeliveryPage | { error: string }> {
  const { data, error } = await client
    .query(PageQuery, { first, after, filter }, { requestPolicy: "network-only" })
    .toPromise();
  if (!data) return { error: error ? explain(error) : "No answer." };
  const { edges, pageInfo } = data.deliveries;
  return {
    rows: edges.map((edge) => edge.node),
    cursors: edges.map((edge) => edge.cursor),
    hasNextPage: pageInfo.hasNextPage,
  };
}

/** How many objects may be asked for at once. */
export const nodesAtOnce = 100;

/** These deliveries as they are now; those that are gone are left out. */
export async function fetchByIds(client: Client, ids: readonly string[]): Promise<DeliveryRowData[]> {
  const { data } = await client
    .query(NodesQuery, { ids: [...ids] }, { requestPolicy: "network-only" })
    .toPromise();
  return (data?.nodes ?? []).flatMap((node) =>
    node !== null && "state" in node ? [node as DeliveryRowData] : [],
  );
}
