// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { LiveLog, type LivePage, type LiveSink, type LiveSource, type PageStart } from "./live-log";
import { keyTime } from "./live-rows";

interface Row {
  id: string;
  key: string;
  state: string;
  /** What another object's change has made of it: no event of its own tells of that. */
  part: number;
}

/** Numbers that look random and are the same each time, so that a failure can be seen again. */
function numbers(seed: number): (below: number) => number {
  let now = seed;
  return (below) => {
    now = (now * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(now / 65_536) % below;
  };
}

/** A server as a log sees it: rows come and change, news is told late, in order, or is lost; answers take their time. */
class Server implements LiveSource<Row> {
  readonly rows = new Map<string, Row>();
  failing = false;
  #sink: LiveSink<Row> | null = null;
  #connected = false;
  #untold: string[] = [];
  #untouched: string[] = [];
  #loaded: Row[] = [];
  #count = 0;
  readonly #random: (below: number) => number;

  constructor(random: (below: number) => number) {
    this.#random = random;
  }

  /** Makes a row that began up to `late` milliseconds ago. */
  add(late = 0): void {
    this.#count += 1;
    const ms = Date.now() - late;
    const key = ms.toString(16).padStart(12, "0") + this.#count.toString(16).padStart(20, "0");
    this.rows.set(key, { id: `d${key}`, key, state: "QUEUED", part: 0 });
    this.#untold.push(key);
  }

  /** Ends one of the rows that are under way. */
  end(): void {
    const open = [...this.rows.values()].filter((row) => row.state === "QUEUED");
    const row = open[this.#random(Math.max(open.length, 1))];
    if (!row) return;
    this.rows.set(row.key, { ...row, state: "DELIVERED" });
    this.#untold.push(row.key);
  }

  /** Changes a part of a row. */
  touch(): void {
    const all = this.newest();
    const row = all[this.#random(Math.max(all.length, 1))];
    if (!row) return;
    this.rows.set(row.key, { ...row, part: row.part + 1 });
    this.#untouched.push(row.id);
  }

  /** Reads the rows that the next events carry. */
  load(): void {
    for (const key of this.#untold.splice(0)) {
      const row = this.rows.get(key);
      if (row) this.#loaded.push(row);
    }
  }

  /** Tells the log of what it was not told yet, each row as it was when it was read. */
  tell(): void {
    this.load();
    for (const row of this.#loaded.splice(0)) {
      if (!this.#connected) continue;
      this.#sink?.event({ row, matches: true });
      this.#sink?.touched(row.id);
    }
  }

  /** Tells which rows were touched. */
  tellTouched(): void {
    for (const id of this.#untouched.splice(0)) if (this.#connected) this.#sink?.touched(id);
  }

  /** Loses what was not told yet, and says so. */
  overflow(counted: boolean): void {
    const lost = this.#untold.splice(0).length;
    if (this.#connected && lost > 0) this.#sink?.missed(counted ? lost : null);
  }

  disconnect(): void {
    this.#connected = false;
  }

  connect(): void {
    if (this.#connected || this.#sink === null) return;
    this.#connected = true;
    this.#untold = [];
    this.#loaded = [];
    this.#untouched = [];
    this.#sink.hello();
  }

  newest(): Row[] {
    return [...this.rows.values()].sort((a, b) => (a.key < b.key ? 1 : -1));
  }

  async #later<T>(answer: () => T): Promise<T | { error: string }> {
    await new Promise((done) => setTimeout(done, this.#random(400)));
    const now = this.failing ? { error: "no" } : answer();
    await new Promise((done) => setTimeout(done, this.#random(400)));
    return now;
  }

  page(first: number, start: PageStart): Promise<LivePage<Row> | { error: string }> {
    return this.#later(() => {
      const all = this.newest().filter(({ key }) =>
        start === null ? true : "after" in start ? key < start.after : keyTime(key) <= start.upTo,
      );
      const rows = all.slice(0, first);
      return { rows, end: rows.at(-1)?.key ?? null, hasNextPage: all.length > rows.length };
    });
  }

  byIds(ids: readonly string[]): Promise<Row[] | { error: string }> {
    if (ids.length > 100) throw new Error("the API gives a hundred at once");
    return this.#later(() => ids.flatMap((id) => this.rows.get(id.slice(1)) ?? []));
  }

  follow(sink: LiveSink<Row>): () => void {
    this.#sink = sink;
    this.#connected = false;
    return () => {
      this.#sink = null;
    };
  }
}

function logOf(server: Server, isOpen = (row: Row) => row.state === "QUEUED"): LiveLog<Row> {
  return new LiveLog<Row>(
    {
      page: (first, start) => server.page(first, start),
      byIds: (ids) => server.byIds(ids),
      follow: (sink) => server.follow(sink),
    },
    { pageSize: 50, isOpen },
  );
}

/** All that was ever made is read to its end, and is what the server has. */
async function expectWhole(log: LiveLog<Row>, server: Server): Promise<void> {
  log.setFollow(true);
  const expected = server.newest();
  expect(log.view().rows).toEqual(expected.slice(0, log.view().rows.length));
  for (let pages = 0; log.view().hasOlder; pages += 1) {
    expect(pages).toBeLessThan(500);
    log.loadOlder();
    // eslint-disable-next-line no-await-in-loop -- a page after the other, as somebody scrolls
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(log.view().rows).toEqual(expected);
}

describe("a live log", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 21) });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("closes a gap that opened under rows that came after it", async () => {
    const server = new Server(numbers(1));
    const log = logOf(server);
    const stop = log.start();
    server.connect();
    server.add();
    server.tell();
    await vi.advanceTimersByTimeAsync(5000);
    for (let i = 0; i < 150; i += 1) server.add();
    server.overflow(true);
    await vi.advanceTimersByTimeAsync(200);
    for (let i = 0; i < 150; i += 1) server.add();
    server.tell();
    expect(log.view().sampling).toEqual({ missed: 150, isExact: true });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(log.view().sampling).toBeNull();
    expect(log.view().rows).toEqual(server.newest());
    stop();
  });

  it("shows what waited as soon as rows may move again", async () => {
    const server = new Server(numbers(3));
    const log = logOf(server);
    const stop = log.start();
    server.connect();
    await vi.advanceTimersByTimeAsync(5000);
    server.add();
    server.tell();
    await vi.advanceTimersByTimeAsync(200);
    log.setFollow(false);
    server.add();
    server.tell();
    await vi.advanceTimersByTimeAsync(200);
    expect(log.view().waitingCount).toBe(1);
    log.setFollow(true);
    expect(log.view().waitingCount).toBe(0);
    expect(log.view().rows).toEqual(server.newest());
    stop();
  });

  it("does not ask again and again for older ones that cannot be fetched", async () => {
    const server = new Server(numbers(4));
    for (let i = 0; i < 60; i += 1) server.add();
    const log = logOf(server);
    const stop = log.start();
    await vi.advanceTimersByTimeAsync(2000);
    server.failing = true;
    const asked = vi.spyOn(server, "page");
    // As the list does that is scrolled to its end.
    const unsubscribe = log.subscribe(() => {
      if (log.view().hasOlder && !log.view().isLoadingOlder) log.loadOlder();
    });
    log.loadOlder();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.mock.calls.length).toBeLessThan(6);
    server.failing = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(log.view().rows).toEqual(server.newest());
    expect(log.view().liveError).toBeNull();
    unsubscribe();
    stop();
  });

  it("goes on from the rows that it had when it is started again", async () => {
    const server = new Server(numbers(5));
    for (let i = 0; i < 300; i += 1) server.add();
    const log = logOf(server);
    const stop = log.start();
    server.connect();
    await vi.advanceTimersByTimeAsync(5000);
    log.loadOlder();
    await vi.advanceTimersByTimeAsync(5000);
    const held = log.view().rows;
    expect(held).toHaveLength(150);
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    server.add();
    server.end();
    server.tell();
    log.setFollow(false);
    const stopAgain = log.start();
    expect(log.view().rows).toBe(held);
    expect(log.view().status).toBe("ready");
    server.connect();
    await vi.advanceTimersByTimeAsync(5000);
    expect(log.view().waitingCount).toBe(1);
    await expectWhole(log, server);
    stopAgain();
  });

  it("tries again until the gap is closed", async () => {
    const server = new Server(numbers(2));
    const log = logOf(server);
    const stop = log.start();
    server.connect();
    await vi.advanceTimersByTimeAsync(5000);
    server.disconnect();
    server.add();
    server.tell();
    server.failing = true;
    server.connect();
    await vi.advanceTimersByTimeAsync(5000);
    expect(log.view().rows).toEqual([]);
    server.failing = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(log.view().rows).toEqual(server.newest());
    stop();
  });

  it.each([
    ...[11, 12, 13, 14, 15, 16].map((seed) => ({ seed, parts: false })),
    ...[17, 18, 19, 20].map((seed) => ({ seed, parts: true })),
  ])(
    "ends like the server whatever is lost, late or read meanwhile ($seed, parts of rows change: $parts)",
    async ({ seed, parts }) => {
      const random = numbers(seed);
      const server = new Server(random);
      for (let i = 0; i < 700; i += 1) {
        server.add();
        if (i % 7 === 0) vi.advanceTimersByTime(10_000);
      }
      const log = logOf(server, parts ? () => true : undefined);
      let stop = log.start();
      const steps: (() => void)[] = [
        () => {
          for (let i = random(40); i >= 0; i -= 1) server.add(random(3000));
        },
        () => {
          for (let i = random(20); i >= 0; i -= 1) server.end();
        },
        () => {
          server.tell();
        },
        () => {
          server.tell();
        },
        () => {
          server.connect();
        },
        () => {
          if (parts) server.touch();
        },
        () => {
          server.load();
        },
        () => {
          server.tellTouched();
        },
        () => {
          if (random(4) === 0) server.overflow(random(2) === 0);
        },
        () => {
          if (random(8) === 0) server.disconnect();
        },
        () => {
          server.failing = random(6) === 0;
        },
        () => {
          log.setFollow(random(3) > 0);
        },
        () => {
          if (random(10) === 0) log.showWaiting();
        },
        () => {
          log.loadOlder();
        },
        () => {
          if (random(20) > 0) return;
          stop();
          server.tell();
          stop = log.start();
        },
        () => {
          if (random(30) === 0) for (let i = 0; i < 2500; i += 1) server.add(random(3000));
        },
      ];
      for (let step = 0; step < 600; step += 1) {
        steps[random(steps.length)]?.();
        // eslint-disable-next-line no-await-in-loop -- one step after the other
        await vi.advanceTimersByTimeAsync(random(300));
        const keys = log.view().rows.map((row) => row.key);
        expect(keys.every((key, i) => i === 0 || key < (keys[i - 1] ?? ""))).toBe(true);
      }
      server.failing = false;
      if (log.view().status === "failed") {
        stop();
        log.start();
      }
      server.connect();
      server.tellTouched();
      server.tell();
      await vi.advanceTimersByTimeAsync(120_000);
      await expectWhole(log, server);
    },
  );

  it("shows what became of each row's parts, in whatever order that is told", async () => {
    for (let seed = 100; seed < 500; seed += 1) {
      const random = numbers(seed);
      const server = new Server(random);
      for (let i = random(4); i > 0; i -= 1) server.add(random(3000));
      const log = logOf(server, () => true);
      const stop = log.start();
      server.connect();
      const steps = [
        () => {
          server.add(random(3000));
        },
        () => {
          server.touch();
        },
        () => {
          server.load();
        },
        () => {
          server.tell();
        },
        () => {
          server.tellTouched();
        },
        () => {
          server.failing = random(4) === 0;
        },
      ];
      for (let left = 3 + random(25); left > 0; left -= 1) {
        steps[random(steps.length)]?.();
        // eslint-disable-next-line no-await-in-loop -- one step after the other
        await vi.advanceTimersByTimeAsync(random(250));
      }
      server.failing = false;
      if (log.view().status === "failed") log.start();
      if (random(2) === 0) server.tellTouched();
      server.tell();
      server.tellTouched();
      // eslint-disable-next-line no-await-in-loop -- one run after the other
      await vi.advanceTimersByTimeAsync(10_000);
      expect(log.view().rows, `seed ${String(seed)}`).toEqual(server.newest());
      stop();
    }
  });
});
