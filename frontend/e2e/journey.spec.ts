import type { APIRequestContext, Page } from "@playwright/test";

import { type Hands, keyboard, pointer } from "./hands";
import type { Demo } from "./program";
import { click, expect, report, route, signIn, test } from "./test";
import { startTracker } from "./tracker";

// The promise: from the tracker's own postback URL to a proven, tested, saved set of postbacks for three goals, a tracking link and
// the first live delivery, by the words on the page alone, in under three minutes and at most thirty actions.

const most = { actions: 30, ms: 180_000 };

interface Journey {
  page: Page;
  demo: Demo;
  request: APIRequestContext;
  hands: Hands;
  /** Goes to a page by its name. */
  goTo: (name: string) => Promise<void>;
  shots: string;
}

async function travel({ page, demo, request, hands, goTo, shots }: Journey): Promise<void> {
  const tracker = await startTracker();
  const shot = (name: string) => page.screenshot({ path: `test-results/shots/journey-${shots}-${name}.png` });
  try {
    await signIn(page, demo);
    await page.goto("/");
    await expect(page.getByRole("heading", { level: 1, name: "Home" })).toBeVisible();
    const began = Date.now();

    // The URL, as Keitaro shows it.
    await goTo("Postbacks");
    await hands.press(page.getByRole("link", { name: "New tracker" }));
    await hands.paste(
      page.getByLabel("Your tracker's postback URL"),
      `${tracker.url}/4f1c2ab/postback?subid=REPLACE&status=REPLACE&payout=REPLACE&currency=usd&tid=REPLACE`,
    );
    await expect(page.getByText(/Keitaro: all 4 placeholders mapped, 1 fixed value kept/)).toBeVisible();
    await shot("recognised");
    await hands.press(page.getByRole("button", { name: "Accept" }));

    // Registration, FTD and what pays are ticked already; one more, then all are proved and tested before anything is saved.
    await expect(page.getByRole("checkbox", { name: /^FTD/ })).toBeChecked();
    await hands.tick(/^Deposit/);
    const goals = await page
      .getByRole("group", { name: "Goals" })
      .getByRole("checkbox", { checked: true })
      .count();
    expect(goals).toBeGreaterThan(2);
    // Another tracker has all campaigns already, and shares them with this one.
    await expect(
      page.getByText(/all campaigns: each click carries the click id of one tracker\.$/),
    ).toBeVisible();
    await hands.choose(page.getByRole("main").getByRole("button", { name: /Campaigns$/ }), /^All campaigns/);
    await hands.tick(/^Share with/);
    await hands.press(page.getByRole("button", { name: "Simulate" }));
    await expect(page.getByText(/: all values filled\./)).toHaveCount(goals);
    const proof = page.getByRole("article", { name: "Simulation of FTD" });
    await hands.press(proof.getByRole("button", { name: "Fire test" }));
    await expect(proof.getByText("200", { exact: true })).toBeVisible();
    expect(tracker.got).toHaveLength(1);
    await shot("proved");
    await hands.press(page.getByRole("button", { name: "Create tracker" }));
    await expect(page.getByText(`Created Keitaro: ${String(goals)} goals`)).toBeVisible();

    // The link for the tracker.
    await goTo("Tracking links");
    await hands.choose(page.getByRole("button", { name: /Your tracker/ }), /^Keitaro/);
    await hands.press(page.getByRole("button", { name: "Copy the link" }));
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toMatch(/\/c\/\w+\?param_1=\{subid\}$/);
    await shot("link");

    // The first player, seen live.
    await goTo("Deliveries");
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    const own = demo.links.find(({ url }) => link.startsWith(url));
    const integration =
      demo.integrations.find((s) => s.offerId === own?.offerId && s.token !== "") ?? route(demo).integration;
    const traffic = own && integration.offerId === own.offerId ? own : route(demo).link;
    const subid = `kt-${shots}-${String(Date.now())}`;
    const id = await click(request, traffic.url, { param_1: subid });
    await report(request, integration, { goal: "registration", click_id: id, player_id: `p-${id}` });
    await expect.poll(() => tracker.got.map((url) => url.searchParams.get("subid"))).toContain(subid);
    const row = page.getByRole("row").filter({ hasText: "Registration" }).first();
    await expect(row).toContainText("Delivered");
    await shot("delivered");

    const sent = tracker.got.find((url) => url.searchParams.get("subid") === subid);
    expect(sent?.pathname).toBe("/4f1c2ab/postback");
    expect(sent?.searchParams.get("tid")).toMatch(/^[0-9a-f]{32}$/);
    const took = Date.now() - began;
    test.info().annotations.push({
      type: "journey",
      description: `${String(hands.actions())} actions, ${String(Math.round(took / 1000))} s`,
    });
    expect(hands.actions()).toBeLessThanOrEqual(most.actions);
    expect(took).toBeLessThan(most.ms);
  } finally {
    await tracker.stop();
  }
}

test("with a mouse", async ({ page, demo, request }) => {
  const hands = pointer(page, false);
  const goTo = (name: string) => hands.press(page.getByRole("link", { name, exact: true }).first());
  await travel({ page, demo, request, hands, goTo, shots: "mouse" });
});

test("with the keyboard alone", async ({ page, demo, request }) => {
  const hands = keyboard(page);
  const goTo = (name: string) => hands.press(page.getByRole("link", { name, exact: true }).first());
  await travel({ page, demo, request, hands, goTo, shots: "keyboard" });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("with a thumb", async ({ page, demo, request }) => {
    const hands = pointer(page, true);
    const goTo = async (name: string) => {
      const bar = page
        .getByRole("navigation")
        .getByRole("link", { name, exact: true })
        .locator("visible=true");
      if ((await bar.count()) === 0) await hands.press(page.getByRole("button", { name: "More" }));
      await hands.press(page.getByRole("link", { name, exact: true }).locator("visible=true").first());
    };
    await travel({ page, demo, request, hands, goTo, shots: "phone" });
  });
});
