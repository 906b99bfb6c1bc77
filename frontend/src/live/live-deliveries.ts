import { useEffect, useState, useSyncExternalStore } from "react";
import { type Client, useClient } from "urql";

import { useKept } from "@/components/ui/entry";
import { graphql } from "@/graphql/graphql";
import { subscribeLive } from "@/graphql/live";

import { type DeliveryFilter, fetchByIds, fetchPage } from "./delivery-pages";
import { DeliveryRow, type DeliveryRowData, isSuperseded } from "./delivery-row";
import { LiveLog, type LiveSource, type LiveView } from "./live-log";

const Updates = graphql(
  `
    subscription DeliveryUpdates($filter: DeliveryFilter) {
      deliveryUpdated(filter: $filter, hello: true) {
        resync
        missed
        delivery {
          ...DeliveryRow
        }
      }
    }
  `,
  [DeliveryRow],
);

/** Whether a row belongs to what is shown, for the parts of a filter that a delivery can grow into or out of. */
function matcher(filter: DeliveryFilter): (row: DeliveryRowData) => boolean {
  const { states, superseded, statusCodeFrom, statusCodeTo } = filter;
  return (row) =>
    (!states || states.includes(row.state)) &&
    (superseded == null || superseded === isSuperseded(row)) &&
    (statusCodeFrom == null || (row.statusCode ?? 0) >= statusCodeFrom) &&
    (statusCodeTo == null || (row.statusCode ?? Infinity) <= statusCodeTo);
}

/** What the subscription asks for: a row that leaves the filter has to be heard of too. */
function liveFilter(filter: DeliveryFilter): DeliveryFilter {
  const {
    states: _states,
    superseded: _superseded,
    statusCodeFrom: _from,
    statusCodeTo: _to,
    ...rest
  } = filter;
  return rest;
}

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
        { filter: liveFilter(filter) },
        {
          next: ({ deliveryUpdated: { delivery, resync, missed: count } }) => {
            if (delivery !== null) event(delivery);
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
    return new LiveLog(sourceOf(client, asked), { pageSize, matches: matcher(asked), isOpen });
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
