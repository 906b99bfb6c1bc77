import { type Client, useClient } from "urql";

import { graphql } from "@/graphql/graphql";
import { subscribeLive } from "@/graphql/live";

import { type DeliveryFilter, fetchDeliveries, fetchDeliveriesByIds } from "./delivery-pages";
import { DeliveryRow, type DeliveryRowData } from "./delivery-row";
import { LiveLog, type LiveSource } from "./live-log";
import { type Live, upTo, useLiveLog } from "./use-live-log";

const Updates = graphql(
  `
    subscription DeliveryUpdates($filter: DeliveryFilter) {
      deliveryUpdated(filter: $filter, hello: true) {
        resync
        missed
        matches
        delivery {
          ...DeliveryRow
        }
      }
    }
  `,
  [DeliveryRow],
);

const isOpen = (row: DeliveryRowData) =>
  row.state === "QUEUED" || row.state === "RETRYING" || row.state === "HELD";

function sourceOf(client: Client, filter: DeliveryFilter): LiveSource<DeliveryRowData> {
  return {
    page: (first, start) =>
      start !== null && "upTo" in start
        ? fetchDeliveries(client, upTo(filter, start.upTo), first, null)
        : fetchDeliveries(client, filter, first, start === null ? null : start.after),
    byIds: (ids) => fetchDeliveriesByIds(client, ids),
    follow: ({ hello, event, missed, error }) =>
      subscribeLive(
        Updates,
        { filter },
        {
          next: ({ deliveryUpdated: { delivery, matches, resync, missed: count } }) => {
            if (delivery !== null) event({ row: delivery, matches });
            else if (resync === null) hello();
            else missed(count);
          },
          error,
        },
      ),
  };
}

/** The deliveries of a filter, live: see useLiveLog. */
export function useLiveDeliveries(
  filter: DeliveryFilter,
  follow: boolean,
  pageSize = 50,
): Live<DeliveryRowData> {
  const client = useClient();
  const key = JSON.stringify(filter);
  const make = () => {
    const asked = JSON.parse(key) as DeliveryFilter;
    return new LiveLog(sourceOf(client, asked), { pageSize, isOpen });
  };
  return useLiveLog(`deliveries ${String(pageSize)} ${key}`, make, follow);
}
