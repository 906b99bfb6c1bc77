import type { Client } from "urql";

import { explain } from "@/graphql/client";
import { graphql, type VariablesOf } from "@/graphql/graphql";

import { DeliveryRow, type DeliveryRowData } from "./delivery-row";
import type { LivePage } from "./live-log";

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

/** One page, always from the server: newest first. */
export async function fetchPage(
  client: Client,
  filter: DeliveryFilter,
  first: number,
  after: string | null,
): Promise<LivePage<DeliveryRowData> | { error: string }> {
  const { data, error } = await client
    .query(PageQuery, { first, after, filter }, { requestPolicy: "network-only" })
    .toPromise();
  if (!data) return { error: error ? explain(error) : "No response." };
  const { edges, pageInfo } = data.deliveries;
  return {
    rows: edges.map((edge) => edge.node),
    end: edges.at(-1)?.cursor ?? null,
    hasNextPage: pageInfo.hasNextPage,
  };
}

/** These deliveries as they are now, a hundred at most; those that are gone are left out. */
export async function fetchByIds(
  client: Client,
  ids: readonly string[],
): Promise<DeliveryRowData[] | { error: string }> {
  const { data, error } = await client
    .query(NodesQuery, { ids: [...ids] }, { requestPolicy: "network-only" })
    .toPromise();
  if (!data) return { error: error ? explain(error) : "No response." };
  return data.nodes.flatMap((node) => (node !== null && "state" in node ? [node as DeliveryRowData] : []));
}
