import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";

import { freePort } from "./program";
import { expect, inTurn, signIn, test } from "./test";

// Lighthouse against the built app: accessibility and best practices at 100. Each day on three pages, since it takes its time and
// pages.spec.ts asks axe about all of them; with POSTRIDER_E2E_LOAD on each of these. Performance is a time: it is printed, and
// asked for with POSTRIDER_E2E_LOAD, on a machine that does nothing else.

const full = process.env["POSTRIDER_E2E_LOAD"] !== undefined;
const pages = [
  "/deliveries",
  "/",
  "/postbacks/new",
  "/postbacks",
  "/links",
  "/campaigns",
  "/conversions",
  "/clicks",
  "/settings",
  "/developers",
];

test("Lighthouse: nothing is left to fix", async ({ baseURL, demo }, info) => {
  test.setTimeout(600_000);
  const profile = mkdtempSync(join(tmpdir(), "postrider-lighthouse-"));
  const port = await freePort();
  const { executablePath, args = [] } = info.project.use.launchOptions ?? {};
  // Lighthouse opens pages of its own in the browser's profile: who is signed in there is signed in for it.
  const context = await chromium.launchPersistentContext(profile, {
    ...(baseURL !== undefined && { baseURL }),
    ...(executablePath !== undefined && { executablePath }),
    args: [...args, `--remote-debugging-port=${String(port)}`],
  });
  const look = async (path: string, onlyCategories: string[]) => {
    const options = { port, logLevel: "error", disableStorageReset: true, onlyCategories } as const;
    const result = await lighthouse(`${baseURL ?? ""}${path}`, options, desktopConfig);
    if (!result) throw new Error(`Lighthouse said nothing of ${path}`);
    expect(new URL(result.lhr.finalDisplayedUrl).pathname).toBe(path);
    return result.lhr;
  };
  try {
    const page = await context.newPage();
    await signIn(page, demo);
    await inTurn(full ? pages : pages.slice(0, 3), async (path) => {
      const { audits, categories } = await look(path, ["accessibility", "best-practices"]);
      const faults = Object.values(categories)
        .flatMap(({ auditRefs }) => auditRefs)
        .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 1)
        .map(({ id }) => `${audits[id]?.title ?? id} ${JSON.stringify(audits[id]?.details).slice(0, 600)}`);
      expect.soft(faults, path).toEqual([]);
      const scores = Object.entries(categories).map(([id, { score }]) => [id, score]);
      expect.soft(Object.fromEntries(scores), path).toEqual({ accessibility: 1, "best-practices": 1 });
    });
    const { audits, categories } = await look("/deliveries", ["performance"]);
    const performance = Math.round((categories["performance"]?.score ?? 0) * 100);
    const times = [
      "first-contentful-paint",
      "largest-contentful-paint",
      "total-blocking-time",
      "speed-index",
    ];
    const words = times.map((id) => `${id} ${audits[id]?.displayValue ?? "not measured"}`);
    console.log(`Lighthouse, /deliveries: performance ${String(performance)}; ${words.join(", ")}`);
    if (full) expect(performance).toBeGreaterThanOrEqual(95);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
});
