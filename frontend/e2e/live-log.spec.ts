import type { APIRequestContext, Page } from "@playwright/test";

import { startNode } from "./node";
import { click, expect, inTurn, route, signIn, someone, test } from "./test";

// The live log under load: conversions come in as fast as asked for, and afterwards the log is what the database is, row by row.
// The plain form shows that nothing is lost; POSTRIDER_E2E_LOAD makes it a minute of 500 events a second, and asks for times too:
// it needs a machine that does nothing else.

const full = process.env["POSTRIDER_E2E_LOAD"] !== undefined;
const load = full ? { seconds: 60, perSecond: 250 } : { seconds: 4, perSecond: 60 };

/** Each delivery's state by its id. */
type States = Record<string, string>;

interface Page100 {
  data: {
    deliveries: {
      edges: { cursor: string; node: { id: string; state: string } }[];
      pageInfo: { hasNextPage: boolean };
    };
  };
}

/**
 * Every delivery of a deposit that the API has and that was made since, page after page. A CPA that the deposits bring may wait
 * for a tracker that another story has stopped.
 */
async function inDatabase(
  request: APIRequestContext,
  token: string,
  from: string,
  after: string | null = null,
  rows: States = {},
): Promise<States> {
  const response = await request.post("/graphql", {
    headers: { authorization: `Bearer ${token}` },
    data: {
      query:
        'query($after: String, $from: Time) { deliveries(first: 100, after: $after, filter: { from: $from, goals: ["deposit"] }) { edges { cursor node { id state } } pageInfo { hasNextPage } } }',
      variables: { after, from },
    },
  });
  const { data } = (await response.json()) as Page100;
  const { edges, pageInfo } = data.deliveries;
  for (const { node } of edges) rows[node.id] = node.state;
  const last = edges.at(-1);
  return pageInfo.hasNextPage && last ? inDatabase(request, token, from, last.cursor, rows) : rows;
}

/** What the log shows of these deliveries, read by scrolling through it down to the last of them. */
async function onPage(page: Page, ids: string[]): Promise<States> {
  return page.evaluate(async (wanted) => {
    const scroller = document.querySelector("[role=table]")?.parentElement;
    if (!scroller) throw new Error("there is no log");
    const missing = new Set(wanted);
    const shown: States = {};
    const twoFrames = () =>
      new Promise((done) => {
        requestAnimationFrame(() => requestAnimationFrame(done));
      });
    const states = Object.entries({
      QUEUED: "Queued",
      RETRYING: "Retrying",
      DELIVERED: "Delivered",
      FAILED: "Failed",
      CANCELLED: "Cancelled",
      HELD: "Waiting",
    });
    const read = async (stuck: number): Promise<void> => {
      if (missing.size === 0 || stuck === 100) return;
      for (const link of scroller.querySelectorAll<HTMLElement>("[data-row]")) {
        const id = link.dataset["row"] ?? "";
        if (!missing.delete(id)) continue;
        const cells = [...(link.closest("[role=row]")?.querySelectorAll("[role=cell]") ?? [])];
        const words = cells.map((cell) => cell.textContent.trim());
        shown[id] = states.find(([, word]) => words.includes(word))?.[0] ?? words.join("|");
      }
      const before = scroller.scrollTop;
      scroller.scrollBy({ top: scroller.clientHeight - 100 });
      // One frame in which it scrolls, one in which the rows are drawn.
      await twoFrames();
      // At the end, older ones may still be on their way.
      await read(scroller.scrollTop === before ? stuck + 1 : 0);
    };
    await read(0);
    scroller.scrollTo({ top: 0 });
    await twoFrames();
    return shown;
  }, ids);
}

/** The log and the database say the same of every delivery, once all of them have ended. */
async function expectTheSame(page: Page, request: APIRequestContext, from: string, token: string) {
  let database: States = {};
  await expect(async () => {
    database = await inDatabase(request, token, from);
    expect(Object.values(database).filter((state) => state === "QUEUED")).toEqual([]);
  }).toPass({ timeout: 120_000 });
  await expect(page.getByText(/this is a sample/)).toHaveCount(0, { timeout: 60_000 });
  await expect(async () => {
    // Whatever still changes is read again on both sides.
    database = await inDatabase(request, token, from);
    expect(await onPage(page, Object.keys(database))).toEqual(database);
  }).toPass({ timeout: 120_000 });
  return Object.keys(database).length;
}

/** Deposits of one player, each a transaction of its own, as many a second as asked for. */
async function deposit(clickId: string, demo: Parameters<typeof route>[0], batch: string) {
  const { integration } = route(demo);
  const { seconds, perSecond } = load;
  const url = `${process.env["POSTRIDER_E2E_URL"] ?? ""}/postback/${integration.key}`;
  const began = performance.now();
  let recorded = 0;
  const one = async (n: number): Promise<void> => {
    const late = began + (n * 1000) / perSecond - performance.now();
    if (late > 0) await new Promise((done) => setTimeout(done, late));
    const form = { goal: "deposit", click_id: clickId, transaction_id: `${batch} ${String(n)}` };
    const body = new URLSearchParams({ ...form, amount: "20.00", token: integration.token });
    const answer = await fetch(url, { method: "POST", body });
    const text = await answer.text();
    if (answer.status === 201) recorded += 1;
    else throw new Error(`${String(answer.status)} ${text}`);
  };
  const all = Array.from({ length: seconds * perSecond }, (_, n) => n);
  const senders = 16;
  await Promise.all(
    Array.from({ length: senders }, (_, sender) =>
      inTurn(
        all.filter((n) => n % senders === sender),
        one,
      ),
    ),
  );
  return { recorded, seconds: (performance.now() - began) / 1000 };
}

interface TraceEvent {
  ph: string;
  name: string;
  pid: number;
  tid: number;
  /** The thread's own processor time, in microseconds. */
  tdur?: number;
  args: { name?: string };
}

/**
 * How busy the page's main thread is from now on: its share of the time, and its longest task in milliseconds. Both are its own
 * processor time: it is measured as though it were alone on the machine, which here has a server, a database and senders too.
 */
async function watchMainThread(page: Page) {
  const browser = page.context().browser();
  if (!browser) throw new Error("the page has no browser of its own");
  await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
  const began = performance.now();
  return async () => {
    const seconds = (performance.now() - began) / 1000;
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
      traceEvents: TraceEvent[];
    };
    const thread = (event: TraceEvent) => `${String(event.pid)} ${String(event.tid)}`;
    const mains = new Set(
      traceEvents
        .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
        .map(thread),
    );
    const tasks = traceEvents.filter(
      (e) => e.ph === "X" && e.name.endsWith("RunTask") && mains.has(thread(e)),
    );
    const took = tasks.map(({ tdur = 0 }) => tdur / 1000);
    expect(took.length).toBeGreaterThan(100);
    return { share: took.reduce((sum, ms) => sum + ms, 0) / 1000 / seconds, longest: Math.max(...took) };
  };
}

test("under load nothing is lost, and the log is what the database is", async ({ page, demo, request }) => {
  test.setTimeout(400_000);
  await signIn(page, demo);
  const { token } = someone(demo, "affiliate");
  await page.goto("/deliveries");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const from = new Date().toISOString();
  const id = await click(request, route(demo).link.url, { param_1: "load" });
  const mainThread = full ? await watchMainThread(page) : null;
  const { recorded, seconds } = await deposit(id, demo, `load ${from}`);
  const busy = await mainThread?.();
  const rows = await expectTheSame(page, request, from, token);
  expect(rows).toBeGreaterThanOrEqual(recorded);
  if (!busy) return;
  console.log(
    `live log: ${String(recorded)} conversions in ${seconds.toFixed(1)} s, ${String(rows)} deliveries; main thread busy ${(busy.share * 100).toFixed(0)} %, longest task ${busy.longest.toFixed(0)} ms`,
  );
  expect(busy.share).toBeLessThan(0.4);
  expect(busy.longest).toBeLessThanOrEqual(100);
});

test("what happens while the server is stopped is in the log when it is back", async ({
  browser,
  demo,
  request,
}) => {
  test.setTimeout(400_000);
  const { token } = someone(demo, "affiliate");
  const node = await startNode();
  // A page of its own: that its server goes away is told in the console.
  const page = await browser.newPage({ baseURL: node.url });
  try {
    await signIn(page, demo);
    await page.goto("/deliveries");
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    const from = new Date().toISOString();
    const id = await click(request, route(demo).link.url, { param_1: "stopped" });
    const deposits = deposit(id, demo, `stopped ${from}`);
    await expect(page.getByRole("row").filter({ hasText: "Deposit" }).first()).toBeVisible();
    if (full) await new Promise((done) => setTimeout(done, 20_000));
    await node.stop();
    await expect(page.getByText("Reconnecting", { exact: true })).toBeVisible();
    if (full) await new Promise((done) => setTimeout(done, 10_000));
    else await deposits;
    await node.start();
    // It comes back by itself, some seconds later.
    await expect(page.getByText("Live", { exact: true })).toBeVisible({ timeout: 60_000 });
    await deposits;
    const rows = await expectTheSame(page, request, from, token);
    expect(rows).toBeGreaterThanOrEqual((await deposits).recorded);
  } finally {
    await page.close();
    await node.stop();
  }
});
