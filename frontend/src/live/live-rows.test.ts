// @vitest-environment node
import { describe, expect, it } from "vitest";

import {
  emptyRows,
  type LiveRows,
  mark,
  roomForWaiting,
  setFloor,
  showWaiting,
  takeEvents,
  takePage,
} from "./live-rows";

interface Row {
  id: string;
  key: string;
  state: string;
}

const row = (n: number, state = "QUEUED"): Row => ({
  id: `d${String(n)}`,
  key: String(n).padStart(8, "0"),
  state,
});

const told = (...rows: Row[]) => rows.map((r) => ({ row: r, matches: true }));
/** What a filter that leaves out what was delivered says of them. */
const toldUndelivered = (...rows: Row[]) => rows.map((r) => ({ row: r, matches: r.state !== "DELIVERED" }));

const shown = (state: LiveRows<Row>) => state.rows.map((r) => `${r.id} ${r.state}`);

describe("live rows", () => {
  it("puts new rows on top while following, in the order of their age", () => {
    let state = takePage(emptyRows<Row>(), [row(2), row(1)], 0);
    state = takeEvents(state, told(row(4), row(3)), true);
    expect(shown(state)).toEqual(["d4 QUEUED", "d3 QUEUED", "d2 QUEUED", "d1 QUEUED"]);
  });

  it("changes a known row in place, also while nothing may move", () => {
    let state = takePage(emptyRows<Row>(), [row(2), row(1)], 0);
    state = takeEvents(state, told(row(1, "DELIVERED")), false);
    expect(shown(state)).toEqual(["d2 QUEUED", "d1 DELIVERED"]);
    expect(state.waitingCount).toBe(0);
  });

  it("lets new rows wait while nothing may move, and shows them when asked", () => {
    let state = takePage(emptyRows<Row>(), [row(1)], 0);
    state = takeEvents(state, told(row(2)), false);
    state = takeEvents(state, told(row(3), row(2, "DELIVERED")), false);
    expect(shown(state)).toEqual(["d1 QUEUED"]);
    expect(state.waitingCount).toBe(2);
    state = showWaiting(state);
    expect(shown(state)).toEqual(["d3 QUEUED", "d2 DELIVERED", "d1 QUEUED"]);
    expect(state.waitingCount).toBe(0);
  });

  it("keeps only the last of several events of one row", () => {
    const state = takeEvents(emptyRows<Row>(), told(row(1), row(1, "RETRYING"), row(1, "DELIVERED")), true);
    expect(shown(state)).toEqual(["d1 DELIVERED"]);
  });

  it("does not let a page that was asked for earlier undo an event", () => {
    let state = takePage(emptyRows<Row>(), [row(1)], 0);
    const askedAt = mark(state);
    state = takeEvents(state, told(row(1, "DELIVERED")), true);
    state = takePage(state, [row(2), row(1, "QUEUED")], askedAt);
    expect(shown(state)).toEqual(["d2 QUEUED", "d1 DELIVERED"]);
  });

  it("lets a page that was asked for later fix what was missed", () => {
    let state = takeEvents(emptyRows<Row>(), told(row(1)), true);
    state = takePage(state, [row(3), row(2), row(1, "FAILED")], mark(state));
    expect(shown(state)).toEqual(["d3 QUEUED", "d2 QUEUED", "d1 FAILED"]);
  });

  it("lets what was missed wait while nothing may move", () => {
    let state = takePage(emptyRows<Row>(), [row(1)], 0);
    state = takePage(state, [row(3), row(2), row(1, "FAILED")], mark(state), false);
    expect(shown(state)).toEqual(["d1 FAILED"]);
    expect(state.waitingCount).toBe(2);
    expect(shown(showWaiting(state))).toEqual(["d3 QUEUED", "d2 QUEUED", "d1 FAILED"]);
  });

  it("leaves out what the filter does not let through, and drops what no longer matches only while following", () => {
    let state = takePage(emptyRows<Row>(), [row(2), row(1)], 0);
    state = takeEvents(state, toldUndelivered(row(3, "DELIVERED"), row(2, "DELIVERED")), false);
    expect(shown(state)).toEqual(["d2 DELIVERED", "d1 QUEUED"]);
    expect(state.waitingCount).toBe(0);
    state = takeEvents(state, toldUndelivered(row(1, "DELIVERED")), true);
    expect(shown(state)).toEqual(["d2 DELIVERED"]);
  });

  it("drops the oldest for room, and says so", () => {
    let state = takePage(emptyRows<Row>(), [row(2), row(1)], 0);
    state = takeEvents(state, told(row(3), row(4)), true, 3);
    expect(shown(state)).toEqual(["d4 QUEUED", "d3 QUEUED", "d2 QUEUED"]);
    expect(state.floor).toBe(row(2).key);
  });

  it("leaves an event of a row that is older than all that is held for the page that brings it", () => {
    let state = setFloor(takePage(emptyRows<Row>(), [row(9), row(8)], 0), row(8).key);
    const askedAt = mark(state);
    state = takeEvents(state, told(row(2, "DELIVERED"), row(3, "DELIVERED")), true);
    expect(shown(state)).toEqual(["d9 QUEUED", "d8 QUEUED"]);
    state = takePage(setFloor(state, null), [row(7), row(3), row(2)], askedAt);
    expect(shown(state)).toEqual(["d9 QUEUED", "d8 QUEUED", "d7 QUEUED", "d3 DELIVERED", "d2 DELIVERED"]);
  });

  it("does not bring back what has left the filter meanwhile", () => {
    let state = takePage(emptyRows<Row>(), [row(2), row(1)], 0);
    const askedAt = mark(state);
    state = takeEvents(state, toldUndelivered(row(1, "DELIVERED")), true);
    expect(shown(takePage(state, [row(2), row(1)], askedAt))).toEqual(["d2 QUEUED"]);
  });

  it("leaves nothing out between more than can wait and what was shown before", () => {
    let state = takePage(emptyRows<Row>(), [row(2), row(1)], 0);
    const many = Array.from({ length: roomForWaiting + 1 }, (_, i) => row(i + 3));
    state = takeEvents(state, told(...many), false);
    expect(state.waitingCount).toBe(roomForWaiting + 1);
    state = showWaiting(state);
    expect(state.rows).toHaveLength(roomForWaiting);
    expect(state.floor).toBe(row(4).key);
  });

  it("ends like the server whatever the order of pages, events and pauses", () => {
    // A small generator with a fixed seed, so that a failure can be seen again.
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    const states = ["QUEUED", "RETRYING", "DELIVERED"];
    const server = new Map<number, Row>();
    let log = emptyRows<Row>();
    let late: { page: Row[]; askedAt: number } | null = null;
    for (let step = 0; step < 5000; step += 1) {
      const n = random(10) < 6 ? server.size + 1 : 1 + random(Math.max(server.size, 1));
      const next = row(n, states[random(3)]);
      server.set(n, next);
      log = takeEvents(log, told(next), random(2) === 0);
      if (random(50) === 0) log = showWaiting(log);
      if (late === null && random(20) === 0) {
        const page = [...server.values()].sort((a, b) => (a.key < b.key ? 1 : -1)).slice(0, 100);
        late = { page, askedAt: mark(log) };
      } else if (late !== null && random(5) === 0) {
        log = takePage(log, late.page, late.askedAt);
        late = null;
      }
    }
    log = showWaiting(log);
    const expected = [...server.values()].sort((a, b) => (a.key < b.key ? 1 : -1));
    expect(log.rows).toEqual(expected);
  });
});
