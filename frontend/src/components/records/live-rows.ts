// The rows of a live log: pages fetched from the server and events that arrive meanwhile, merged into one list,
// newest first, without gaps and without doubles. Pure: time, network and React are somebody else's.

/** `key` sorts by age: a UUIDv7 in hex does. */
export interface LiveRow {
  id: string;
  deliveryId: string;
}

export interface LiveRows<Row extends LiveRow> {
  /** Newest first. */
  readonly rows: readonly Row[];
  /** New ones that wait while the reader must not be disturbed, newest first. */
  readonly waiting: readonly Row[];
  /** How many waiting ones there were in all, those that were dropped for room included. */
  readonly waitingCount: number;
  /** Grows with every event; see `mark`. */
  readonly clock: number;
  /** When an event last spoke of a row: a page that was asked for before that knows less. */
  readonly heard: ReadonlyMap<string, number>;
  /** Whether rows at the old end were dropped for room. */
  readonly trimmed: boolean;
}

/** Rows that are kept; older ones are fetched again when somebody scrolls that far. */
export const roomForRows = 10_000;
/** Waiting rows that are kept; beyond it only the count goes on. */
export const roomForWaiting = 2_000;

export function emptyRows<Row extends LiveRow>(): LiveRows<Row> {
  return { rows: [], waiting: [], waitingCount: 0, clock: 0, heard: new Map(), trimmed: false };
}

function newestFirst(a: LiveRow, b: LiveRow): number {
  return a.deliveryId < b.deliveryId ? 1 : a.deliveryId > b.deliveryId ? -1 : 0;
}

/** Merges two lists that are newest first and share no id. */
function interleave<Row extends LiveRow>(a: readonly Row[], b: readonly Row[]): Row[] {
  const merged: Row[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const x = a[i];
    const y = b[j];
    if (y === undefined || (x !== undefined && newestFirst(x, y) <= 0)) {
      if (x !== undefined) merged.push(x);
      i += 1;
    } else {
      merged.push(y);
      j += 1;
    }
  }
  return merged;
}

function replace<Row extends LiveRow>(rows: readonly Row[], by: ReadonlyMap<string, Row>): readonly Row[] {
  let changed = false;
  const next = rows.map((row) => {
    const newer = by.get(row.id);
    if (newer === undefined) return row;
    changed = true;
    return newer;
  });
  return changed ? next : rows;
}

/** Drops the oldest rows beyond `room`. */
export function trim<Row extends LiveRow>(state: LiveRows<Row>, room: number): LiveRows<Row> {
  if (state.rows.length <= room) return state;
  const rows = state.rows.slice(0, room);
  const kept = new Set([...rows, ...state.waiting].map((row) => row.id));
  return {
    ...state,
    rows,
    heard: new Map([...state.heard].filter(([id]) => kept.has(id))),
    trimmed: true,
  };
}

/**
 * Takes in events. A row that is known changes in place; a new one goes on top, or waits if `follow` is false. `matches` is the
 * filter that is shown: new rows that do not match are left out, and known ones leave when nobody would be disturbed.
 */
export function takeEvents<Row extends LiveRow>(
  state: LiveRows<Row>,
  events: readonly Row[],
  follow: boolean,
  matches: (row: Row) => boolean = () => true,
  room: number = roomForRows,
): LiveRows<Row> {
  if (events.length === 0) return state;
  const latest = new Map<string, Row>();
  const heard = new Map(state.heard);
  let clock = state.clock;
  for (const event of events) {
    clock += 1;
    latest.set(event.id, event);
    heard.set(event.id, clock);
  }
  const known = new Set<string>();
  for (const row of state.rows) if (latest.has(row.id)) known.add(row.id);
  const knownWaiting = new Set<string>();
  for (const row of state.waiting) if (latest.has(row.id)) knownWaiting.add(row.id);

  let rows = replace(state.rows, latest);
  const waiting = replace(state.waiting, latest);
  if (follow && known.size > 0) {
    const staying = rows.filter((row) => !known.has(row.id) || matches(row));
    if (staying.length !== rows.length) rows = staying;
  }
  const fresh = [...latest.values()]
    .filter((row) => !known.has(row.id) && !knownWaiting.has(row.id) && matches(row))
    .sort(newestFirst);
  const next: LiveRows<Row> = { ...state, rows, waiting, clock, heard };
  if (fresh.length === 0) return next;
  if (follow) return trim({ ...next, rows: interleave(fresh, rows) }, room);
  return {
    ...next,
    waiting: interleave(fresh, waiting).slice(0, roomForWaiting),
    waitingCount: state.waitingCount + fresh.length,
  };
}

/** Remembered when a page is asked for, and given back with it. */
export function mark<Row extends LiveRow>(state: LiveRows<Row>): number {
  return state.clock;
}

/**
 * Takes in a page that was asked for at `askedAt`: rows of which an event has spoken since are newer than the page's.
 * With `follow` false, rows newer than all that are shown wait.
 */
export function takePage<Row extends LiveRow>(
  state: LiveRows<Row>,
  page: readonly Row[],
  askedAt: number,
  follow = true,
): LiveRows<Row> {
  const stale = (row: Row) => (state.heard.get(row.id) ?? -1) > askedAt;
  const incoming = new Map(page.filter((row) => !stale(row)).map((row) => [row.id, row]));
  const known = new Set([...state.rows, ...state.waiting].map((row) => row.id));
  const rows = replace(state.rows, incoming);
  const waiting = replace(state.waiting, incoming);
  const fresh = page.filter((row) => !known.has(row.id)).sort(newestFirst);
  const top = state.rows[0];
  const mayWait = (row: Row) => !follow && top !== undefined && newestFirst(row, top) < 0;
  const toWait = fresh.filter(mayWait);
  return {
    ...state,
    rows: interleave(
      fresh.filter((row) => !mayWait(row)),
      rows,
    ),
    waiting: interleave(toWait, waiting),
    waitingCount: state.waitingCount + toWait.length,
  };
}

/** Shows what waits. */
export function showWaiting<Row extends LiveRow>(
  state: LiveRows<Row>,
  room: number = roomForRows,
): LiveRows<Row> {
  if (state.waitingCount === 0) return state;
  return trim({ ...state, rows: interleave(state.waiting, state.rows), waiting: [], waitingCount: 0 }, room);
}
