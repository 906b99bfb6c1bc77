import type { Client } from "urql";

import { graphql, type VariablesOf } from "@/graphql/graphql";

import { DeliveryRow, type DeliveryRowData } from "./delivery-row";
import type { LivePage } from "./live-log";
import { fetchByIds, fetchPage } from "./pages";

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

/** One page, newest first. */
export function fetchDeliveries(
  client: Client,
  filter: DeliveryFilter,
  first: number,
  after: string | null,
): Promise<LivePage<DeliveryRowData> | { error: string }> {
  return fetchPage(client, PageQuery, { filter, first, after }, (data) => data.deliveries);
}

/** These deliveries as they are now. */
export function fetchDeliveriesByIds(
  client: Client,
  ids: readonly string[],
): Promise<DeliveryRowData[] | { error: string }> {
  return fetchByIds(client, NodesQuery, ids, (data) =>
    data.nodes.map((node) => (node !== null && "state" in node ? node : null)),
  );
}
