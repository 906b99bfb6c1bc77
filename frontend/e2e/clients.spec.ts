import { type APIRequestContext, expect } from "@playwright/test";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Client, clients } from "./clients";
import { startNode } from "./node";
import type { Demo } from "./program";
import { startProxy } from "./proxy";
import { click, report, route, someone, test } from "./test";

// The clients that integrators use, each as it comes, against the built program: they see what happens, come back after a restart
// and have missed nothing once they have fetched anew, and are told when their token is revoked, without hammering.

/** Asks as somebody who is signed in, and gives the data. */
async function ask<T>(request: APIRequestContext, query: string, variables: object = {}): Promise<T> {
  const response = await request.post("/graphql", { data: { query, variables } });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

interface NewToken {
  createApiToken: { secret: string; token: { id: string } };
}

async function newToken(request: APIRequestContext, name: string) {
  const { createApiToken: made } = await ask<NewToken>(
    request,
    "mutation($name: String!) { createApiToken(input: { name: $name }) { secret token { id } userErrors { message } } }",
    { name },
  );
  return { secret: made.secret, id: made.token.id };
}

/** A deposit: what the clients are to see of it is its delivery's id, whatever becomes of the delivery. */
function reporter(request: APIRequestContext, demo: Demo) {
  const { link, integration } = route(demo);
  let n = 0;
  return async (): Promise<string> => {
    const clickId = await click(request, link.url, { param_1: "clients" });
    n += 1;
    await report(request, integration, {
      goal: "deposit",
      click_id: clickId,
      transaction_id: `clients ${String(Date.now())} ${String(n)}`,
      amount: "5",
    });
    return clickId;
  };
}

interface Deliveries {
  deliveries: { edges: { node: { clickId: string } }[] };
}

interface Printed {
  viewer: { examples: { kind: string; snippets: { language: string; code: string }[] }[] };
}

/** The printed example in a process of its own, as one of the clients. */
async function printedExample(request: APIRequestContext): Promise<Client> {
  const { viewer } = await ask<Printed>(
    request,
    "{ viewer { examples { kind snippets { language code } } } }",
  );
  const live = viewer.examples.find(({ kind }) => kind === "LIVE");
  const { code } = live?.snippets.find(({ language }) => language === "NODEJS") ?? { code: "" };
  return ({ url, token, told, event }) => {
    const folder = join(import.meta.dirname, "../test-results/examples");
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "live-restart.mjs");
    const here = code.replace(/wss?:[^"]*/, url.replace(/^http/, "ws"));
    writeFileSync(file, here.replace("deliveryId", "deliveryId clickId"));
    const program = spawn("node", [file], { env: { ...process.env, TOKEN: token, FORCE_COLOR: "0" } });
    program.stdout.on("data", (chunk: Buffer) => {
      for (const [, id] of chunk.toString().matchAll(/clickId: '([0-9a-f]{32})'/g)) event(id ?? "");
    });
    let wrong = "";
    program.stderr.on("data", (chunk: Buffer) => {
      wrong += chunk.toString();
    });
    program.once("exit", () => {
      told(wrong);
    });
    return () => {
      program.kill("SIGKILL");
    };
  };
}

test("reference clients survive a restart and are told when they are revoked", async ({ demo, request }) => {
  test.setTimeout(180_000);
  const { email, password } = someone(demo, "affiliate");
  await ask(
    request,
    "mutation($e: String!, $p: String!) { signIn(input: { email: $e, password: $p }) { userErrors { message } } }",
    { e: email, p: password },
  );
  const happens = reporter(request, demo);
  const node = await startNode();
  let up: Promise<void> = Promise.resolve();
  const everybody = await Promise.all(
    Object.entries({ ...clients, printed: await printedExample(request) }).map(async ([name, start]) => {
      const { secret, id } = await newToken(request, `e2e ${name}`);
      const proxy = await startProxy(node.url);
      const seen = new Set<string>();
      const told: string[] = [];
      const stop = start({
        url: `${proxy.url}/graphql`,
        token: secret,
        event: (clickId) => seen.add(clickId),
        told: (why) => told.push(why),
        wait: async () => up,
      });
      return { name, id, proxy, seen, told, stop };
    }),
  );
  const missing = (clickId: string) =>
    everybody.filter(({ seen }) => !seen.has(clickId)).map(({ name }) => name);
  /** Something happens until everybody has seen it live: when a client listens is not said by all of them. */
  const untilSeen = () =>
    expect(async () => {
      const id = await happens();
      await expect.poll(() => missing(id), { timeout: 3000 }).toEqual([]);
    }).toPass({ timeout: 60_000 });
  try {
    await untilSeen();

    // Before it stops: whoever is told that it does must not ask again and again until it is back.
    let back: () => void = () => undefined;
    up = new Promise((resolve) => {
      back = resolve;
    });
    await node.stop();
    void node.start().then(back);
    const missed = await happens();
    await up;
    await untilSeen();
    const { deliveries } = await ask<Deliveries>(
      request,
      "{ deliveries(first: 100) { edges { node { clickId } } } }",
    );
    expect(deliveries.edges.map(({ node: { clickId } }) => clickId)).toContain(missed);
    expect(everybody.flatMap(({ name, told }) => told.map((why) => `${name}: ${why}`))).toEqual([]);

    const before = everybody.map(({ proxy }) => proxy.requests());
    await Promise.all(
      everybody.map(({ id }) =>
        ask(request, "mutation($id: ID!) { revokeApiToken(input: { id: $id }) { userErrors { message } } }", {
          id,
        }),
      ),
    );
    await expect
      .poll(() => everybody.filter(({ told }) => told.length === 0).map(({ name }) => name), {
        timeout: 60_000,
      })
      .toEqual([]);
    for (const [i, { name, told, proxy }] of everybody.entries()) {
      expect(`${name}: ${told.join("\n")}`).toMatch(/sign-in|token|401|4403/);
      // graphql-sse asks five times more; nobody asks for ever.
      const again = proxy.requests() - (before[i] ?? 0);
      expect(again, name).toBeLessThanOrEqual(name === "graphql-sse" ? 5 : 1);
    }
  } finally {
    for (const { stop, proxy } of everybody) {
      stop();
      proxy.stop();
    }
    await node.stop();
  }
});
