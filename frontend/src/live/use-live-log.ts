import { useEffect, useState, useSyncExternalStore } from "react";
import { useClient } from "urql";

import { useKept } from "@/history/entry";

import type { LiveLog, LiveView } from "./live-log";
import type { LiveRow } from "./live-rows";

export interface Live<Row> extends LiveView<Row> {
  retry: () => void;
  loadOlder: () => void;
  showWaiting: () => void;
}

/** A log under its name: fetched page by page, then followed. While `follow` is false, what is new waits. Another name begins anew. */
export function useLiveLog<Row extends LiveRow>(
  name: string,
  make: () => LiveLog<Row>,
  follow: boolean,
): Live<Row> {
  const client = useClient();
  // Who comes back finds the rows that were there, and so the place in them.
  const log = useKept(client, name, make);
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

/** A filter, no newer than a moment (Unix milliseconds), that moment included. */
export function upTo<Filter extends { to?: string | null }>(filter: Filter, ms: number): Filter {
  const to = new Date(ms + 1).toISOString();
  return { ...filter, to: filter.to != null && filter.to < to ? filter.to : to };
}
