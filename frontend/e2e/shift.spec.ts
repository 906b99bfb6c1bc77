import type { Page } from "@playwright/test";

import { expect, inTurn, signIn, test } from "./test";

// What a page shows first stays where it is while the rest arrives: layout shifts, as browsers count them
// (https://web.dev/articles/cls), stay under 0.05.

const most = 0.05;

const affiliates = [
  "/",
  "/campaigns",
  "/links",
  "/postbacks",
  "/postbacks/new",
  "/deliveries",
  "/deliveries?state=failed",
  "/conversions",
  "/clicks",
  "/earnings",
  "/settings",
  "/developers",
];

const staffs = [
  "/",
  ...[
    "received",
    "unattributed",
    "clashes",
    "conversions",
    "offers",
    "goals",
    "integrations",
    "affiliates",
    "rates",
    "audit",
    "engine",
  ].map((name) => `/staff/${name}`),
];

interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Node | null }[];
}

/** Adds up what moves, and keeps what it was. */
function watchShifts(): void {
  const seen: { sum: number; what: string[] } = { sum: 0, what: [] };
  Object.assign(window, { shifts: seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as Shift[]) {
      if (entry.hadRecentInput) continue;
      seen.sum += entry.value;
      const moved = entry.sources.map(
        ({ node }) => `${node?.nodeName ?? "gone"} ${(node?.textContent ?? "").slice(0, 40)}`,
      );
      seen.what.push(`${entry.value.toFixed(3)}: ${moved.join(" | ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
}

async function shiftsOf(page: Page, path: string): Promise<string | null> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
  // Painted with what has arrived: the observer is told after the next frame.
  await page.evaluate(
    () =>
      new Promise((painted) => {
        requestAnimationFrame(() => requestAnimationFrame(painted));
      }),
  );
  const { sum, what } = await page.evaluate(
    () => (window as unknown as { shifts: { sum: number; what: string[] } }).shifts,
  );
  return sum < most ? null : `${path} moves by ${sum.toFixed(3)}: ${what.join("; ")}`;
}

for (const [size, viewport] of Object.entries({
  desk: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
})) {
  test.describe(size, () => {
    test.use({ viewport });
    for (const [role, paths] of Object.entries({ affiliate: affiliates, manager: staffs })) {
      test(`no page of the ${role} moves while it loads`, async ({ page, demo }) => {
        test.slow(); // it is a dozen pages
        await page.addInitScript(watchShifts);
        await signIn(page, demo, role as "affiliate" | "manager");
        const moved: string[] = [];
        await inTurn(paths, async (path) => {
          const shifts = await shiftsOf(page, path);
          if (shifts !== null) moved.push(shifts);
        });
        expect(moved).toEqual([]);
      });
    }
  });
}
