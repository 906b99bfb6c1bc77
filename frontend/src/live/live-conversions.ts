import { type Client, useClient } from "urql";

import { graphql } from "@/graphql/graphql";
import { subscribeLive } from "@/graphql/live";

import { type ConversionFilter, fetchConversions, fetchConversionsByIds } from "./conversion-pages";
import { ConversionRow, type ConversionRowData } from "./conversion-row";
import { LiveLog, type LiveSink, type LiveSource } from "./live-log";
import { type Live, upTo, useLiveLog } from "./use-live-log";

const Updates = graphql(
  `
    subscription ConversionUpdates($filter: ConversionFilter) {
      conversionUpdated(filter: $filter, hello: true) {
        resync
        matches
        conversion {
          ...ConversionRow
        }
      }
    }
  `,
  [ConversionRow],
);

/** A row also shows what became of its deliveries, and those are no change of the conversion. */
const DeliveryUpdates = graphql(`
  subscription ConversionsDeliveryUpdates {
    deliveryUpdated(hello: true) {
      resync
      delivery {
        id
        conversion {
          id
        }
      }
    }
  }
`);

/** A conversion's changes. Its deliveries may have changed before it came: what it shows of them is asked for after it. */
function followConversions(filter: ConversionFilter, sink: LiveSink<ConversionRowData>): () => void {
  return subscribeLive(
    Updates,
    { filter },
    {
      next: ({ conversionUpdated: { conversion, matches, resync } }) => {
        if (conversion !== null) {
          sink.event({ row: conversion, matches });
          sink.touched(conversion.id);
        } else if (resync) sink.missed(null);
        else sink.hello();
      },
      error: sink.error,
    },
  );
}

function followDeliveries(sink: LiveSink<ConversionRowData>): () => void {
  return subscribeLive(
    DeliveryUpdates,
    {},
    {
      next: ({ deliveryUpdated: { delivery, resync } }) => {
        if (delivery?.conversion != null) sink.touched(delivery.conversion.id);
        else if (delivery === null && resync === null) sink.hello();
        // No conversion is missed: what their deliveries became is asked for once it is calm.
        else if (delivery === null) sink.missed(0);
      },
      error: sink.error,
    },
  );
}

function sourceOf(client: Client, filter: ConversionFilter): LiveSource<ConversionRowData> {
  return {
    page: (first, start) =>
      start !== null && "upTo" in start
        ? fetchConversions(client, upTo(filter, start.upTo), first, null)
        : fetchConversions(client, filter, first, start === null ? null : start.after),
    byIds: (ids) => fetchConversionsByIds(client, ids),
    follow: (sink) => {
      const stops = [followConversions(filter, sink), followDeliveries(sink)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

/** The conversions of a filter, live: see useLiveLog. */
export function useLiveConversions(filter: ConversionFilter, follow: boolean): Live<ConversionRowData> {
  const client = useClient();
  const key = JSON.stringify(filter);
  const make = () => {
    const asked = JSON.parse(key) as ConversionFilter;
    // An operator may approve, correct or cancel any of them.
    return new LiveLog(sourceOf(client, asked), { pageSize: 50, isOpen: () => true });
  };
  return useLiveLog(`conversions ${key}`, make, follow);
}
