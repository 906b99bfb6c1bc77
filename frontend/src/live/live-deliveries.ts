import { useEffect, useState, useSyncExternalStore } from "react";
import { type Client, useClient } from "urql";

import { graphql } from "@/graphql/graphql";
import { subscribeLive } from "@/graphql/live";
import { useKept } from "@/history/entry";

import { type DeliveryFilter, fetchByIds, fetchPage } from "./delivery-pages";
import { DeliveryRow, type DeliveryRowData } from "./delivery-row";
import { LiveLog, type LiveSource, type LiveView } from "./live-log";

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

/** The filter, no newer than a moment, that moment included. */
function upTo(filter: DeliveryFilter, ms: number): DeliveryFilter {
  const to = new Date(ms + 1).toISOString();
  return { ...filter, to: filter.to != null && filter.to < to ? filter.to : to };
}

function sourceOf(client: Client, filter: DeliveryFilter): LiveSource<DeliveryRowData> {
  return {
    page: (first, start) =>
      start !== null && "upTo" in start
        ? fetchPage(client, upTo(filter, start.upTo), first, null)
        : fetchPage(client, filter, first, start === null ? null : start.after),
    byIds: (ids) => fetchByIds(client, ids),
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

export interface LiveDeliveries extends LiveView<DeliveryRowData> {
  retry: () => void;
  loadOlder: () => void;
  showWaiting: () => void;
}

/**
 * The deliveries of a filter: fetched page by page, then followed. While `follow` is false, what is new waits. Another filter
 * begins anew.
 */
export function useLiveDeliveries(filter: DeliveryFilter, follow: boolean, pageSize = 50): LiveDeliveries {
  const client = useClient();
  const key = JSON.stringify(filter);
  // Who comes back finds the rows that were there, and so the place in them.
  const log = useKept(client, `deliveries ${String(pageSize)} ${key}`, () => {
    const asked = JSON.parse(key) as DeliveryFilter;
    return new LiveLog(sourceOf(client, asked), { pageSize, isOpen });
  });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    log.setFollow(follow);
  }, [log, follow]);
  useEffect(() => log.start(), [log, attempt]);
  const view = useSyncExternalStore(log.subscribe, log.view);
  return {
    ...view,
    retry: () => {
      setAttempt((n) => n + 1);
    },
    loadOlder: log.loadOlder,
    showWaiting: log.showWaiting,
  };
}
