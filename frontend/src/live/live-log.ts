import {
  breakAt,
  emptyRows,
  heldIds,
  keyTime,
  type LiveEvent,
  type LiveRow,
  type LiveRows,
  mark,
  roomForRows,
  setFloor,
  showWaiting,
  takeEvents,
  takePage,
} from "./live-rows";
import { oneAtATime } from "./one-at-a-time";

// A log that is fetched page by page and then followed, whatever is missed on the way. No React, and no network: where rows come
// from is given to it.

/** Where a page begins: after a cursor, or with what was made at or before a moment (Unix milliseconds). */
export type PageStart = { after: string } | { upTo: number } | null;

export interface LivePage<Row> {
  /** Newest first. */
  rows: Row[];
  /** Where the next page begins. */
  end: string | null;
  hasNextPage: boolean;
}

/** What a log is told while it is followed. */
export interface LiveSink<Row extends LiveRow> {
  /** Whatever changes from now on is told: at first, and again after every loss. */
  hello: () => void;
  event: (event: LiveEvent<Row>) => void;
  /** Something that a row shows has changed, and no event says how: the row is asked for, if it is held. */
  touched: (id: string) => void;
  /** That many changes were not told, or nobody knows how many. */
  missed: (count: number | null) => void;
  error: (message: string) => void;
}

export interface LiveSource<Row extends LiveRow> {
  page: (first: number, start: PageStart) => Promise<LivePage<Row> | { error: string }>;
  byIds: (ids: readonly string[]) => Promise<Row[] | { error: string }>;
  /** Follows until the function that it gives back is called. */
  follow: (sink: LiveSink<Row>) => () => void;
}

/** That more happens than can be shown. */
export interface Sampling {
  /** Changes that were not shown so far; a lower bound where `isExact` is false. */
  missed: number;
  isExact: boolean;
}

export interface LiveView<Row> {
  rows: readonly Row[];
  waitingCount: number;
  status: "loading" | "ready" | "failed";
  /** Why the list could not be fetched. */
  error: string | null;
  /** Why nothing new arrives although the list is there. */
  liveError: string | null;
  /** Not null while only a part of what happens is shown; it ends by itself, and the whole is there again. */
  sampling: Sampling | null;
  hasOlder: boolean;
  isLoadingOlder: boolean;
}

export interface LiveOptions<Row> {
  pageSize: number;
  /** Whether more may come of a row: of such what was missed has to be asked for. */
  isOpen: (row: Row) => boolean;
}

/** How often the list is drawn anew, at most, whatever arrives. */
const flushEveryMs = 100;
/** How many are fetched at once. */
const pageOf = 100;
/** Pages that are fetched to close a gap: as many rows as are kept. */
const catchUpPages = roomForRows / pageOf;
/** How long nothing may be missed before a gap is closed: fetching amid a flood would only add to it. */
const calmMs = 1500;
/** How often touched rows are asked for, at most; a page of them each time. */
const touchedEveryMs = 300;
/** How many touched rows are remembered. */
const roomForTouched = 2_000;
/** When a gap that could not be closed is tried again. */
const againMs = 2000;
/** How much later than its key a row may become visible: its transaction takes so long at most. */
const lateMs = 5000;

const starting: LiveView<never> = {
  rows: [],
  waitingCount: 0,
  status: "loading",
  error: null,
  liveError: null,
  sampling: null,
  hasOlder: false,
  isLoadingOlder: false,
};

export class LiveLog<Row extends LiveRow> {
  readonly #source: LiveSource<Row>;
  readonly #options: LiveOptions<Row>;
  readonly #listeners = new Set<() => void>();
  #view: LiveView<Row> = starting;
  #state: LiveRows<Row> = emptyRows();
  #follow = true;
  /** Grows with each start: what was asked for before it is answered to nobody. */
  #run = 0;
  #buffer: LiveEvent<Row>[] = [];
  /** Rows that were touched and not asked for since: those that are held, or may be soon. */
  readonly #touched = new Set<string>();
  #flushTimer: ReturnType<typeof setTimeout> | undefined;
  #gapTimer: ReturnType<typeof setTimeout> | undefined;
  #touchedTimer: ReturnType<typeof setTimeout> | undefined;
  #olderTimer: ReturnType<typeof setTimeout> | undefined;
  /** Since when, in Unix milliseconds, rows may be missing; null where none is. */
  #gap: number | null = null;
  #first: Promise<void> = Promise.resolve();
  #cursor: { key: string; end: string } | null = null;

  constructor(source: LiveSource<Row>, options: LiveOptions<Row>) {
    this.#source = source;
    this.#options = options;
  }

  readonly view = (): LiveView<Row> => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** Whether rows may move. Once they may again, what waited is shown: nothing new goes on top of what is left out. */
  readonly setFollow = (follow: boolean): void => {
    this.#follow = follow;
    if (follow && this.#state.waitingCount > 0) this.showWaiting();
  };

  /** Fetches and follows until the function that it gives back is called. Started again, it goes on from the rows that it has. */
  readonly start = (): (() => void) => {
    this.#run += 1;
    const run = this.#run;
    const goesOn = this.#view.status === "ready";
    if (goesOn) this.#show({ isLoadingOlder: false, liveError: null });
    else {
      this.#state = emptyRows();
      this.#gap = null;
      this.#show(starting);
    }
    const close = oneAtATime(() => this.#close(run));
    const closeSoon = (ms: number) => {
      clearTimeout(this.#gapTimer);
      this.#gapTimer = setTimeout(() => void close(), ms);
    };
    this.#again = closeSoon;
    const fetchTouched = oneAtATime(() => this.#fetchTouched(run));
    this.#fetchTouchedSoon = (ms = touchedEveryMs) => {
      this.#touchedTimer ??= setTimeout(() => {
        this.#touchedTimer = undefined;
        void fetchTouched();
      }, ms);
    };
    this.#first = goesOn ? Promise.resolve() : this.#load(run);
    const stop = this.#source.follow({
      hello: () => {
        this.#show({ liveError: null });
        this.#noteGap();
        void close();
      },
      event: (event) => {
        this.#buffer.push(event);
        this.#flushTimer ??= setTimeout(this.#flush, flushEveryMs);
      },
      touched: (id) => {
        this.#touched.add(id);
        const [oldest] = this.#touched;
        if (this.#touched.size > roomForTouched && oldest !== undefined) this.#touched.delete(oldest);
        this.#fetchTouchedSoon();
      },
      missed: (count) => {
        this.#noteGap();
        const so = this.#view.sampling;
        this.#show({
          sampling: {
            missed: (so?.missed ?? 0) + (count ?? 0),
            isExact: (so?.isExact ?? true) && count !== null,
          },
        });
        closeSoon(calmMs);
      },
      error: (liveError) => {
        this.#show({ liveError });
      },
    });
    return () => {
      stop();
      this.#run += 1;
      clearTimeout(this.#flushTimer);
      clearTimeout(this.#gapTimer);
      clearTimeout(this.#olderTimer);
      clearTimeout(this.#touchedTimer);
      this.#flushTimer = undefined;
      this.#touchedTimer = undefined;
      this.#buffer = [];
    };
  };

  readonly loadOlder = (): void => {
    const { floor } = this.#state;
    if (floor === null || this.#view.isLoadingOlder) return;
    const run = this.#run;
    // Where no page ended there, the time says where to go on.
    const start = this.#cursor?.key === floor ? { after: this.#cursor.end } : { upTo: keyTime(floor) };
    this.#show({ isLoadingOlder: true });
    void this.#page(pageOf, start).then((page) => {
      if (run !== this.#run) return;
      if ("error" in page) {
        this.#show({ liveError: page.error });
        // Whoever is at the end asks again at once: not before it may help.
        this.#olderTimer = setTimeout(() => {
          this.#show({ isLoadingOlder: false });
        }, againMs);
        return;
      }
      this.#show({ isLoadingOlder: false, liveError: null });
      // Meanwhile rows may have been dropped for room: then the page does not join.
      if (this.#state.floor !== floor) return;
      this.#change((state) =>
        setFloor(takePage(setFloor(state, null), page.rows, page.askedAt), this.#endOf(page, floor)),
      );
    });
  };

  readonly showWaiting = (): void => {
    this.#change((state) => showWaiting(state));
  };

  #again: (ms: number) => void = () => undefined;
  #fetchTouchedSoon: (ms?: number) => void = () => undefined;

  #show(change: Partial<LiveView<Row>>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }

  /** The one place that changes the rows: what is asked for later sees what was done before. */
  #change(change: (state: LiveRows<Row>) => LiveRows<Row>): void {
    this.#state = change(this.#state);
    const { rows, waitingCount, floor } = this.#state;
    this.#show({ rows, waitingCount, hasOlder: floor !== null });
    // What was touched before it was held may have come as it was before.
    if (this.#touched.size > 0) this.#fetchTouchedSoon();
  }

  readonly #flush = (): void => {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (this.#buffer.length === 0) return;
    const events = this.#buffer;
    this.#buffer = [];
    this.#change((state) => takeEvents(state, events, this.#follow));
  };

  async #page(first: number, start: PageStart) {
    const askedAt = mark(this.#state);
    const page = await this.#source.page(first, start);
    return "error" in page ? page : { ...page, askedAt };
  }

  /** The key down to which all is held once a page is taken in; null where there is no more. */
  #endOf(page: LivePage<Row>, before: string): string | null {
    if (!page.hasNextPage) return null;
    const key = page.rows.at(-1)?.key ?? before;
    if (page.end !== null) this.#cursor = { key, end: page.end };
    return key;
  }

  async #load(run: number): Promise<void> {
    const page = await this.#page(this.#options.pageSize, null);
    if (run !== this.#run) return;
    if ("error" in page) {
      this.#show({ error: page.error, status: "failed" });
      return;
    }
    const newest = page.rows[0];
    // What was missed before it came was missed after the newest that it has.
    if (this.#gap !== null) this.#gap = newest ? keyTime(newest.key) - lateMs : 0;
    this.#change((state) => setFloor(takePage(state, page.rows, page.askedAt), this.#endOf(page, "")));
    this.#show({ status: "ready" });
  }

  /** From here on back to the newest row that is held, some may be missing. */
  #noteGap(): void {
    this.#flush();
    const newest = [this.#state.rows[0], this.#state.waiting[0]].flatMap((row) =>
      row ? [keyTime(row.key) - lateMs] : [],
    );
    const since = newest.length === 0 ? 0 : Math.max(...newest);
    this.#gap = Math.min(this.#gap ?? since, since);
  }

  /** Closes the gap: newest pages down to what was held before it, then those rows that were still under way. */
  async #close(run: number): Promise<void> {
    await this.#first;
    const gap = this.#gap;
    if (run !== this.#run || this.#view.status !== "ready" || gap === null) return;
    this.#gap = null;
    const isClosed = (await this.#fetchNewest(run, gap)) && (await this.#fetchOpen(run));
    if (run !== this.#run) return;
    if (!isClosed) {
      this.#gap = Math.min(gap, this.#gap ?? gap);
      this.#again(againMs);
    } else if (this.#gap === null) this.#show({ sampling: null });
  }

  async #fetchNewest(run: number, since: number): Promise<boolean> {
    let start: PageStart = null;
    // Where nothing was held there is nothing to join: one page is a beginning.
    for (let left = since === 0 ? 1 : catchUpPages; left > 0; left -= 1) {
      // eslint-disable-next-line no-await-in-loop -- one page tells where the next begins
      const page = await this.#page(pageOf, start);
      if (run !== this.#run || "error" in page) return false;
      this.#change((state) => takePage(state, page.rows, page.askedAt, this.#follow));
      const last = page.rows.at(-1);
      if (!page.hasNextPage || page.end === null || !last || keyTime(last.key) < since) return true;
      start = { after: page.end };
      if (left === 1) this.#change((state) => breakAt(state, last.key));
    }
    return true;
  }

  async #fetchOpen(run: number): Promise<boolean> {
    const open = [...this.#state.rows, ...this.#state.waiting].filter(this.#options.isOpen);
    for (let from = 0; from < open.length; from += pageOf) {
      const askedAt = mark(this.#state);
      // eslint-disable-next-line no-await-in-loop -- the server is not asked for all at once
      const rows = await this.#source.byIds(open.slice(from, from + pageOf).map((row) => row.id));
      if (run !== this.#run || "error" in rows) return false;
      this.#change((state) => takePage(state, rows, askedAt, this.#follow));
    }
    return true;
  }

  async #fetchTouched(run: number): Promise<void> {
    if (run !== this.#run) return;
    const held = heldIds(this.#state);
    const all = [...this.#touched].filter((id) => held.has(id));
    const ids = all.slice(0, pageOf);
    if (ids.length === 0) return;
    for (const id of ids) this.#touched.delete(id);
    const askedAt = mark(this.#state);
    const rows = await this.#source.byIds(ids);
    if (run !== this.#run) return;
    if ("error" in rows) {
      for (const id of ids) this.#touched.add(id);
      this.#fetchTouchedSoon(againMs);
      return;
    }
    this.#change((state) => takePage(state, rows, askedAt, this.#follow));
  }
}
