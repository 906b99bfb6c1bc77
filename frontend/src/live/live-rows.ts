// The rows of a live log: pages fetched from the server and events that arrive meanwhile, merged into one list,
// newest first, without gaps and without doubles. Pure: time, network and React are somebody else's.

export interface LiveRow {
  id: string;
  /** Sorts by age: a UUIDv7 in hex. */
  key: string;
}

/** A row that changed. */
export interface LiveEvent<Row extends LiveRow> {
  row: Row;
  /** Whether it passes the filter that is shown, as the server says. */
  matches: boolean;
}

/** The last that an event said of a row. */
interface Heard<Row extends LiveRow> extends LiveEvent<Row> {
  /** The clock then: a page that was asked for before knows less. */
  at: number;
}

export interface LiveRows<Row extends LiveRow> {
  /** Newest first; every row there is from the newest down to the floor. */
  readonly rows: readonly Row[];
  /** The key below which nothing is held: what is older is fetched when somebody scrolls that far. Null where all is held. */
  readonly floor: string | null;
  /** New ones that wait while the reader must not be disturbed, newest first. */
  readonly waiting: readonly Row[];
  /** How many there were in all, those that were dropped for room included. */
  readonly waitingCount: number;
  /** The key below which rows are missing between those that wait and those that are shown; null where none is. */
  readonly waitingFloor: string | null;
  /** Grows with every event; see `mark`. */
  readonly clock: number;
  readonly heard: ReadonlyMap<string, Heard<Row>>;
}

/** Rows that are kept; older ones are fetched again when somebody scrolls that far. */
export const roomForRows = 10_000;
/** Waiting rows that are kept; beyond it only the count goes on. */
export const roomForWaiting = 2_000;
/** How many events back a page may have been asked for. */
const roomForHeard = 3 * roomForRows;

export function emptyRows<Row extends LiveRow>(): LiveRows<Row> {
  return {
    rows: [],
    floor: null,
    waiting: [],
    waitingCount: 0,
    waitingFloor: null,
    clock: 0,
    heard: new Map(),
  };
}

/** When a row was made, in Unix milliseconds, from its key. */
export function keyTime(key: string): number {
  return Number.parseInt(key.slice(0, 12), 16);
}

function newestFirst(a: LiveRow, b: LiveRow): number {
  return a.key < b.key ? 1 : a.key > b.key ? -1 : 0;
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

function from<Row extends LiveRow>(rows: readonly Row[], floor: string | null): readonly Row[] {
  const last = rows.at(-1);
  if (floor === null || last === undefined || last.key >= floor) return rows;
  return rows.filter((row) => row.key >= floor);
}

/** Holds what is as new as `floor` or newer; null holds all there is. */
export function setFloor<Row extends LiveRow>(state: LiveRows<Row>, floor: string | null): LiveRows<Row> {
  return { ...state, floor, rows: from(state.rows, floor) };
}

/** Drops the oldest rows beyond `room`. */
export function trim<Row extends LiveRow>(state: LiveRows<Row>, room: number): LiveRows<Row> {
  const last = state.rows[room - 1];
  return state.rows.length > room && last ? setFloor(state, last.key) : state;
}

/** Rows older than `key` are missing, down to what was there before: they are fetched when somebody scrolls that far. */
export function breakAt<Row extends LiveRow>(state: LiveRows<Row>, key: string): LiveRows<Row> {
  const top = state.rows[0];
  if (top === undefined || top.key >= key) return setFloor(state, key);
  return {
    ...state,
    waitingFloor: state.waitingFloor !== null && state.waitingFloor > key ? state.waitingFloor : key,
  };
}

function wait<Row extends LiveRow>(state: LiveRows<Row>, fresh: readonly Row[]): LiveRows<Row> {
  if (fresh.length === 0) return state;
  const all = interleave(fresh, state.waiting);
  const waiting = all.slice(0, roomForWaiting);
  const next = { ...state, waiting, waitingCount: state.waitingCount + fresh.length };
  const last = waiting.at(-1);
  return all.length > waiting.length && last ? { ...next, waitingFloor: last.key } : next;
}

/** The rows that are shown, and those that wait. */
export function heldIds<Row extends LiveRow>(state: LiveRows<Row>): Set<string> {
  const ids = new Set<string>();
  for (const row of state.rows) ids.add(row.id);
  for (const row of state.waiting) ids.add(row.id);
  return ids;
}

/** What was heard of rows that are not held is forgotten once no page is so late. */
function forget<Row extends LiveRow>(state: LiveRows<Row>): LiveRows<Row> {
  if (state.heard.size <= roomForHeard) return state;
  const held = heldIds(state);
  const since = state.clock - roomForHeard / 2;
  return { ...state, heard: new Map([...state.heard].filter(([id, { at }]) => held.has(id) || at > since)) };
}

/**
 * Takes in events; with `follow` false no row may move, and what is new waits. A row that is held changes in place; a new one goes on top, or waits. New rows that do not match are left out,
 * and held ones leave when nobody would be disturbed.
 */
export function takeEvents<Row extends LiveRow>(
  state: LiveRows<Row>,
  events: readonly LiveEvent<Row>[],
  follow: boolean,
  room: number = roomForRows,
): LiveRows<Row> {
  if (events.length === 0) return state;
  const latest = new Map<string, Row>();
  const left = new Set<string>();
  const heard = new Map(state.heard);
  let clock = state.clock;
  for (const { row, matches } of events) {
    clock += 1;
    latest.set(row.id, row);
    if (matches) left.delete(row.id);
    else left.add(row.id);
    heard.set(row.id, { at: clock, row, matches });
  }
  const held = new Set<string>();
  for (const row of state.rows) if (latest.has(row.id)) held.add(row.id);
  const here = held.size;
  for (const row of state.waiting) if (latest.has(row.id)) held.add(row.id);

  let rows = replace(state.rows, latest);
  const waiting = replace(state.waiting, latest);
  if (follow && here > 0 && left.size > 0) rows = rows.filter((row) => !left.has(row.id));
  const { floor } = state;
  const fresh = [...latest.values()]
    .filter((row) => !held.has(row.id) && (floor === null || row.key >= floor) && !left.has(row.id))
    .sort(newestFirst);
  const next = { ...state, rows, waiting, clock, heard };
  return forget(follow ? trim({ ...next, rows: interleave(fresh, rows) }, room) : wait(next, fresh));
}

/** Remembered when a page is asked for, and given back with it. */
export function mark<Row extends LiveRow>(state: LiveRows<Row>): number {
  return state.clock;
}

/**
 * Takes in a page that was asked for at `askedAt`: what an event has said of a row since is newer than the page.
 * While nothing may move, rows newer than all that are shown wait.
 */
export function takePage<Row extends LiveRow>(
  state: LiveRows<Row>,
  page: readonly Row[],
  askedAt: number,
  follow = true,
): LiveRows<Row> {
  const held = heldIds(state);
  const incoming = new Map<string, Row>();
  const fresh: Row[] = [];
  for (const row of page) {
    const heard = state.heard.get(row.id);
    const isStale = heard !== undefined && heard.at > askedAt;
    if (!held.has(row.id)) {
      if (state.floor !== null && row.key < state.floor) continue;
      if (!isStale) fresh.push(row);
      else if (heard.matches) fresh.push(heard.row);
    } else if (!isStale) incoming.set(row.id, row);
  }
  fresh.sort(newestFirst);
  const next = {
    ...state,
    rows: replace(state.rows, incoming),
    waiting: replace(state.waiting, incoming),
  };
  const top = state.rows[0];
  const mayWait = (row: Row) => !follow && top !== undefined && newestFirst(row, top) < 0;
  const shown = fresh.filter((row) => !mayWait(row));
  return wait({ ...next, rows: interleave(shown, next.rows) }, fresh.filter(mayWait));
}

/** Shows what waits. */
export function showWaiting<Row extends LiveRow>(
  state: LiveRows<Row>,
  room: number = roomForRows,
): LiveRows<Row> {
  if (state.waitingCount === 0) return state;
  const rows = interleave(state.waiting, state.rows);
  const next = { ...state, rows, waiting: [], waitingCount: 0, waitingFloor: null };
  return trim(state.waitingFloor === null ? next : setFloor(next, state.waitingFloor), room);
}
