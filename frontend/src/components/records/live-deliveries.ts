import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";

import { graphql } from "@/graphql/graphql";
import { subscribeLive } from "@/graphql/live";

import { type DeliveryFilter, fetchByIds, fetchPage, nodesAtOnce } from "./delivery-pages";
import { DeliveryRow, type DeliveryRowData } from "./delivery-row";
import {
  emptyRows,
  type LiveRows,
  mark,
  roomForRows,
  showWaiting,
  takeEvents,
  takePage,
  trim,
} from "./live-rows";
import { oneAtATime } from "./one-at-a-time";

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
  const { states, statusCodeFrom, statusCodeTo } = filter;
  return (row) =>
    (!states || states.includes(row.state)) &&
    (statusCodeFrom == null || (row.statusCode ?? 0) >= statusCodeFrom) &&
    (statusCodeTo == null || (row.statusCode ?? Infinity) <= statusCodeTo);
}

/** What the subscription asks for: a row that leaves the filter has to be heard of too. */
function liveFilter(filter: DeliveryFilter): DeliveryFilter {
  const { states: _states, statusCodeFrom: _from, statusCodeTo: _to, ...rest } = filter;
  return rest;
}

const isOpen = (row: DeliveryRowData) =>
  row.state === "QUEUED" || row.state === "RETRYING" || row.state === "HELD";

/** How often the list is drawn anew, at most, whatever arrives. */
const flushEveryMs = 100;
/** Pages of a hundred that are fetched to close a gap: as many rows as are kept. */
const catchUpPages = roomForRows / 100;
/** How long nothing may be missed before a gap is closed: fetching amid a flood would only add to it. */
const calmMs = 1500;

/** That more happens than can be shown. */
export interface Sampling {
  /** Changes that were not shown so far; a lower bound where `isExact` is false. */
  missed: number;
  isExact: boolean;
}

export interface LiveDeliveries {
  rows: readonly DeliveryRowData[];
  waitingCount: number;
  status: "loading" | "ready" | "failed";
  /** Why the list could not be fetched. */
  error: string | null;
  /** Why nothing new arrives although the list is there. */
  liveError: string | null;
  /** Not null while only a part of what happens is shown; it ends by itself, and the whole is there again. */
  sampling: Sampling | null;
  retry: () => void;
  hasOlder: boolean;
  isLoadingOlder: boolean;
  loadOlder: () => void;
  showWaiting: () => void;
}

/**
 * The deliveries of a filter: fetched page by page, then followed. While `follow` is false, what is new waits. The filter belongs
 * to the component: give it a `key` that changes with the filter.
 */
export function useLiveDeliveries(filter: DeliveryFilter, follow: boolean, pageSize = 50): LiveDeliveries {
  const client = useClient();
  const [fixed] = useState(filter);
  const [log, setLog] = useState<LiveRows<DeliveryRowData>>(emptyRows);
  const [status, setStatus] = useState<LiveDeliveries["status"]>("loading");
  const [error, setError] = useState<string | null>(null);
  const [liveError, setLiveError] = useState<string | null>(null);
  const [sampling, setSampling] = useState<Sampling | null>(null);
  const [hasOlder, setHasOlder] = useState(false);
  const [isLoadingOlder, setLoadingOlder] = useState(false);
  const [attempt, setAttempt] = useState(0);

  const current = useRef(log);
  const following = useRef(follow);
  const cursors = useRef(new Map<string, string>());
  useEffect(() => {
    following.current = follow;
  }, [follow]);

  /** The one place that changes the rows: what is asked for later sees what was done before. */
  const update = useCallback((change: (state: LiveRows<DeliveryRowData>) => LiveRows<DeliveryRowData>) => {
    current.current = change(current.current);
    setLog(current.current);
  }, []);

  const page = useCallback(
    async (first: number, after: string | null, within: DeliveryFilter = fixed) => {
      const askedAt = mark(current.current);
      const answer = await fetchPage(client, within, first, after);
      if ("error" in answer) return answer;
      for (const [i, row] of answer.rows.entries()) cursors.current.set(row.id, answer.cursors[i] ?? "");
      return { ...answer, askedAt };
    },
    [client, fixed],
  );

  // The first page.
  useEffect(() => {
    let gone = false;
    void page(pageSize, null).then((answer) => {
      if (gone) return;
      if ("error" in answer) {
        setError(answer.error);
        setStatus("failed");
        return;
      }
      update((state) => takePage(state, answer.rows, answer.askedAt));
      setHasOlder(answer.hasNextPage);
      setStatus("ready");
    });
    return () => {
      gone = true;
    };
  }, [page, pageSize, update, attempt]);

  /** Closes a gap: newest pages until one is known, then those rows that were still under way. */
  const closeGap = useCallback(async () => {
    const before = current.current.rows;
    const known = new Set(before.map((row) => row.id));
    let after: string | null = null;
    for (let n = 0; n < (known.size === 0 ? 1 : catchUpPages); n += 1) {
      // One page tells where the next begins.
      // eslint-disable-next-line no-await-in-loop
      const answer = await page(100, after);
      if ("error" in answer) return;
      update((state) => takePage(state, answer.rows, answer.askedAt, following.current));
      after = answer.cursors.at(-1) ?? null;
      if (!answer.hasNextPage || after === null || answer.rows.some((row) => known.has(row.id))) break;
    }
    update((state) => trim(state, roomForRows));
    const open = before.filter(isOpen).map((row) => row.id);
    for (let from = 0; from < open.length; from += nodesAtOnce) {
      const askedAt = mark(current.current);
      // So many at a time, so that the server is not asked for all at once.
      // eslint-disable-next-line no-await-in-loop
      const rows = await fetchByIds(client, open.slice(from, from + nodesAtOnce));
      update((state) => takePage(state, rows, askedAt, following.current));
    }
  }, [client, page, update]);

  // What arrives is gathered, and drawn a few times a second.
  useEffect(() => {
    let buffer: DeliveryRowData[] = [];
    let flushTimer: ReturnType<typeof setTimeout> | undefined;
    let calmTimer: ReturnType<typeof setTimeout> | undefined;
    const matches = matcher(fixed);
    const catchUp = oneAtATime(closeGap);
    const flush = () => {
      flushTimer = undefined;
      const events = buffer;
      buffer = [];
      update((state) => takeEvents(state, events, following.current, matches));
    };
    const isCalm = () => {
      void catchUp().then(() => {
        setSampling(null);
      });
    };
    const stop = subscribeLive(
      Updates,
      { filter: liveFilter(fixed) },
      {
        next: ({ deliveryUpdated: { delivery, resync, missed } }) => {
          if (delivery !== null) {
            buffer.push(delivery);
            flushTimer ??= setTimeout(flush, flushEveryMs);
          } else if (resync === null) {
            // The hello, at first and after every loss: what is asked for from now on and what comes from now on leave no gap.
            void catchUp();
          } else {
            setSampling((so) => ({
              missed: (so?.missed ?? 0) + (missed ?? 0),
              isExact: (so?.isExact ?? true) && missed !== null,
            }));
            clearTimeout(calmTimer);
            calmTimer = setTimeout(isCalm, calmMs);
          }
        },
        error: setLiveError,
      },
    );
    return () => {
      stop();
      clearTimeout(flushTimer);
      clearTimeout(calmTimer);
    };
  }, [fixed, update, closeGap, attempt]);

  const loadOlder = useCallback(() => {
    const last = current.current.rows.at(-1);
    if (!last || isLoadingOlder) return;
    setLoadingOlder(true);
    const cursor = cursors.current.get(last.id) ?? null;
    // A row that came live has no cursor: then its time says where to go on.
    const within = cursor === null ? { ...fixed, to: last.createdAt } : fixed;
    void page(100, cursor, within).then((answer) => {
      setLoadingOlder(false);
      if ("error" in answer) {
        setLiveError(answer.error);
        return;
      }
      update((state) => takePage(state, answer.rows, answer.askedAt));
      setHasOlder(answer.hasNextPage);
    });
  }, [page, fixed, isLoadingOlder, update]);

  return {
    rows: log.rows,
    waitingCount: log.waitingCount,
    status,
    error,
    liveError,
    sampling,
    retry: () => {
      setStatus("loading");
      setError(null);
      setLiveError(null);
      setAttempt((n) => n + 1);
    },
    hasOlder: hasOlder || log.trimmed,
    isLoadingOlder,
    loadOlder,
    showWaiting: () => {
      update((state) => showWaiting(state));
    },
  };
}
