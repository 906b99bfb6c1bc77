import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";

import { explain } from "@/graphql/client";
import { graphql, type VariablesOf } from "@/graphql/graphql";
import { subscribeLive, useReturns } from "@/graphql/live";

import { DeliveryRow, type DeliveryRowData } from "./delivery-row";
import { emptyRows, type LiveRows, mark, showWaiting, takeEvents, takePage } from "./live-rows";

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

const Updates = graphql(
  `
    subscription DeliveryUpdates($filter: DeliveryFilter) {
      deliveryUpdated(filter: $filter) {
        resync
        delivery {
          ...DeliveryRow
        }
      }
    }
  `,
  [DeliveryRow],
);

export type DeliveryFilter = NonNullable<VariablesOf<typeof PageQuery>["filter"]>;

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
/** Pages that are fetched to close a gap; what is older shows when scrolled to. */
const catchUpPages = 20;

export interface LiveDeliveries {
  rows: readonly DeliveryRowData[];
  waitingCount: number;
  status: "loading" | "ready" | "failed";
  /** Why the list could not be fetched. */
  error: string | null;
  /** Why nothing new arrives although the list is there. */
  liveError: string | null;
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
  const returns = useReturns();
  const [fixed] = useState(filter);
  const [log, setLog] = useState<LiveRows<DeliveryRowData>>(emptyRows);
  const [status, setStatus] = useState<LiveDeliveries["status"]>("loading");
  const [error, setError] = useState<string | null>(null);
  const [liveError, setLiveError] = useState<string | null>(null);
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

  const fetchPage = useCallback(
    async (first: number, after: string | null, within: DeliveryFilter = fixed) => {
      const askedAt = mark(current.current);
      const result = await client
        .query(PageQuery, { first, after, filter: within }, { requestPolicy: "network-only" })
        .toPromise();
      if (!result.data) return { error: result.error ? explain(result.error) : "No answer." };
      const { edges, pageInfo } = result.data.deliveries;
      for (const edge of edges) cursors.current.set(edge.node.id, edge.cursor);
      return { rows: edges.map((edge) => edge.node), edges, hasNextPage: pageInfo.hasNextPage, askedAt };
    },
    [client, fixed],
  );

  // The first page.
  useEffect(() => {
    let gone = false;
    void fetchPage(pageSize, null).then((page) => {
      if (gone) return;
      if (page.error !== undefined) {
        setError(page.error);
        setStatus("failed");
        return;
      }
      update((state) => takePage(state, page.rows, page.askedAt));
      setHasOlder(page.hasNextPage);
      setStatus("ready");
    });
    return () => {
      gone = true;
    };
  }, [fetchPage, pageSize, update, attempt]);

  /** Closes the gap after a lost connection: newest pages until one is known, then those that were still under way. */
  const catchUp = useCallback(async () => {
    const known = new Set(current.current.rows.map((row) => row.id));
    const open = current.current.rows.filter(isOpen).map((row) => row.id);
    let after: string | null = null;
    for (let n = 0; n < catchUpPages; n += 1) {
      // One page tells where the next begins.
      // eslint-disable-next-line no-await-in-loop
      const page = await fetchPage(100, after);
      if (page.error !== undefined) return;
      update((state) => takePage(state, page.rows, page.askedAt, following.current));
      after = page.edges.at(-1)?.cursor ?? null;
      if (!page.hasNextPage || after === null || page.rows.some((row) => known.has(row.id))) break;
    }
    for (let from = 0; from < open.length && from < 1000; from += 100) {
      const askedAt = mark(current.current);
      // A hundred at a time, so that the server is not asked for all at once.
      // eslint-disable-next-line no-await-in-loop
      const { data } = await client
        .query(NodesQuery, { ids: open.slice(from, from + 100) }, { requestPolicy: "network-only" })
        .toPromise();
      const rows = (data?.nodes ?? []).flatMap((node) =>
        node !== null && "state" in node ? [node as DeliveryRowData] : [],
      );
      update((state) => takePage(state, rows, askedAt, following.current));
    }
  }, [client, fetchPage, update]);

  // What arrives is gathered, and drawn a few times a second.
  useEffect(() => {
    let buffer: DeliveryRowData[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const matches = matcher(fixed);
    const flush = () => {
      timer = undefined;
      const events = buffer;
      buffer = [];
      update((state) => takeEvents(state, events, following.current, matches));
    };
    const stop = subscribeLive(
      Updates,
      { filter: liveFilter(fixed) },
      {
        next: ({ deliveryUpdated }) => {
          if (deliveryUpdated.resync !== null) void catchUp();
          if (deliveryUpdated.delivery === null) return;
          buffer.push(deliveryUpdated.delivery);
          timer ??= setTimeout(flush, flushEveryMs);
        },
        error: setLiveError,
      },
    );
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [fixed, update, catchUp, attempt]);

  const seen = useRef(returns);
  useEffect(() => {
    if (seen.current === returns) return;
    seen.current = returns;
    void catchUp();
  }, [returns, catchUp]);

  const loadOlder = useCallback(() => {
    const last = current.current.rows.at(-1);
    if (!last || isLoadingOlder) return;
    setLoadingOlder(true);
    const cursor = cursors.current.get(last.id) ?? null;
    // A row that came live has no cursor: then its time says where to go on.
    const within = cursor === null ? { ...fixed, to: last.createdAt } : fixed;
    void fetchPage(100, cursor, within).then((page) => {
      setLoadingOlder(false);
      if (page.error !== undefined) {
        setLiveError(page.error);
        return;
      }
      update((state) => takePage(state, page.rows, page.askedAt));
      setHasOlder(page.hasNextPage);
    });
  }, [fetchPage, fixed, isLoadingOlder, update]);

  return {
    rows: log.rows,
    waitingCount: log.waitingCount,
    status,
    error,
    liveError,
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
