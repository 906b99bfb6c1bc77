import type { Page } from "@playwright/test";

import { expect, expectFitInBothForms, setForm, signIn, test } from "./test";

// Every page in four forms: light and dark, desk and phone. Each leaves a picture to be looked at.

interface Shown {
  path: string;
  /** The table whose first row is opened. */
  open?: string;
  /** What is done before the page is looked at. */
  after?: (page: Page) => Promise<void>;
}

const keitaro =
  "https://track.mysite.io/4f1c2ab/postback?subid=REPLACE&status=REPLACE&payout=REPLACE&currency=usd&tid=REPLACE";

async function paste(page: Page): Promise<void> {
  await page.getByLabel("Your tracker's postback URL").fill(keitaro);
  await expect(page.getByText(/placeholders mapped/)).toBeVisible();
}

async function edit(page: Page): Promise<void> {
  await paste(page);
  await page.getByRole("button", { name: "Accept" }).click();
  await expect(page.getByText("As it will be sent, with sample values")).toBeVisible();
  await expect(page.getByRole("region", { name: "Doctor" }).getByRole("status")).not.toBeEmpty();
}

async function firstPostback(page: Page, tab: string): Promise<void> {
  await page.getByRole("main").getByRole("link", { name: "FTD" }).first().click();
  await page.getByRole("tab", { name: tab }).click();
}

async function firstTracker(page: Page, tab: string): Promise<void> {
  await page.getByRole("list", { name: "Trackers" }).getByRole("link").first().click();
  await page.getByRole("tab", { name: tab }).click();
  if (tab === "Set-up") await expect(page.getByRole("list", { name: "URL of each goal" })).toBeVisible();
}

const pages: Record<string, Shown> = {
  home: { path: "/" },
  campaigns: { path: "/campaigns" },
  campaign: { path: "/campaigns", open: "Campaigns" },
  links: { path: "/links" },
  postbacks: { path: "/postbacks" },
  earnings: { path: "/earnings" },
  "new-postback": { path: "/postbacks/new?goal=ftd" },
  "postback-recognised": { path: "/postbacks/new?goal=ftd", after: paste },
  "postback-editor": { path: "/postbacks/new?goal=ftd", after: edit },
  "postback-macros": {
    path: "/postbacks/new?goal=ftd",
    after: async (page) => {
      await edit(page);
      // A phone begins with the table.
      const isPhone = (page.viewportSize()?.width ?? 0) < 500;
      await (
        isPhone
          ? page.getByRole("button", { name: "Value of payout" })
          : page.locator(".cm-chip", { hasText: "{payout}" }).first()
      ).click();
      await expect(page.getByRole("listbox", { name: "Macros" })).toBeVisible();
    },
  },
  "postback-table": {
    path: "/postbacks/new?goal=ftd",
    after: async (page) => {
      await edit(page);
      await page.getByRole("radio", { name: "Table" }).check({ force: true });
      await page.getByRole("button", { name: "Value of subid" }).click();
      await expect(page.getByRole("listbox", { name: "Macros" })).toBeVisible();
    },
  },
  "postback-test": {
    path: "/postbacks",
    after: async (page) => {
      await firstPostback(page, "Test");
      await page.getByRole("button", { name: "Fire test" }).click();
      // Whichever postback is the first: its tracker answers, or it is said that none does.
      await expect(page.getByRole("heading", { name: "Tracker response" })).toBeVisible();
    },
  },
  "postback-versions": {
    path: "/postbacks",
    after: async (page) => {
      await firstPostback(page, "Versions");
      await expect(page.getByRole("list", { name: "Versions" })).toBeVisible();
    },
  },
  tracker: { path: "/postbacks", after: (page) => firstTracker(page, "Set-up") },
  "tracker-chosen": {
    path: "/postbacks",
    after: async (page) => {
      await firstTracker(page, "Set-up");
      await page.getByRole("radio", { name: "Chosen campaigns" }).check({ force: true });
      await expect(page.getByRole("checkbox").first()).toBeVisible();
      await page.getByRole("heading", { name: "Campaigns" }).scrollIntoViewIfNeeded();
    },
  },
  "tracker-test": {
    path: "/postbacks",
    after: async (page) => {
      await firstTracker(page, "Test");
      await page.getByRole("button", { name: "Test all goals" }).click();
      await expect(page.getByText(/^\d+ of \d+ accepted$/)).toBeVisible();
    },
  },
  "tracker-versions": { path: "/postbacks", after: (page) => firstTracker(page, "Versions") },
  "tracker-health": { path: "/postbacks", after: (page) => firstTracker(page, "Health") },
  deliveries: { path: "/deliveries" },
  delivery: { path: "/deliveries", open: "Deliveries, newest first" },
  "failed-deliveries": { path: "/deliveries?state=failed" },
  conversions: { path: "/conversions" },
  conversion: { path: "/conversions", open: "Conversions, newest first" },
  clicks: { path: "/clicks" },
  click: { path: "/clicks", open: "Clicks, newest first" },
  settings: { path: "/settings" },
  developers: { path: "/developers" },
};

const widths = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

for (const [size, viewport] of Object.entries(widths)) {
  test.describe(size, () => {
    test.use({ viewport, hasTouch: size === "phone", isMobile: size === "phone" });

    for (const [name, { path, open, after }] of Object.entries(pages)) {
      test(name, async ({ page, demo }) => {
        await setForm(page, "light");
        await signIn(page, demo);
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expect(page.getByRole("main").locator("[aria-busy=true]")).toHaveCount(0);
        if (open !== undefined) {
          await page.getByRole("table", { name: open }).getByRole("link").first().click();
          await expect(page).not.toHaveURL(new RegExp(`${path}$`));
        }
        await after?.(page);
        await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
        await expectFitInBothForms(page, `${name}-${size}`);
      });
    }

    test("sign-in", async ({ page }) => {
      await setForm(page, "light");
      await page.goto("/sign-in");
      await expect(page.getByRole("button", { name: /Affiliate ·/ }).first()).toBeVisible();
      await expectFitInBothForms(page, `sign-in-${size}`);
    });
  });
}

test("every list shows its rows after the palette, a filter and the editor asked for names", async ({
  page,
  demo,
}) => {
  await signIn(page, demo);
  // One visit from here on: only links, no page is loaded afresh.
  await page.goto("/links");
  await expect(page.getByRole("combobox", { name: "Campaign or offer" })).not.toHaveValue("");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: /^Search pages/ }).fill("new postback");
  await page.getByRole("option", { name: "New tracker Action" }).click();
  await edit(page);
  await page
    .getByRole("main")
    .getByRole("button", { name: /Campaigns$/ })
    .click();
  await page.getByRole("option", { name: /^One campaign/ }).click();
  await page.getByRole("combobox", { name: "Campaign", exact: true }).fill("no such name");
  await expect(page.getByText("No campaign matches “no such name”")).toBeVisible();
  await page.keyboard.press("Escape");

  const rail = page.getByRole("navigation", { name: "Pages" }).first();
  const goTo = (name: string) => rail.getByRole("link", { name, exact: true }).click();
  await goTo("Clicks");
  await page
    .getByRole("dialog", { name: "Leave without saving?" })
    .getByRole("button", { name: "Leave" })
    .click();
  await page.getByRole("button", { name: "Filter by campaign" }).click();
  await expect(page.getByRole("menuitemradio").first()).toBeVisible();
  await page.keyboard.press("Escape");

  for (const [name, table] of [
    ["Campaigns", "Campaigns"],
    ["Conversions", "Conversions, newest first"],
    ["Clicks", "Clicks, newest first"],
    ["Deliveries", "Deliveries, newest first"],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other, as people do
    await goTo(name);
    // oxlint-disable-next-line no-await-in-loop -- one page after the other, as people do
    await expect(page.getByRole("table", { name: table }).getByRole("link").first()).toBeVisible();
  }
  await goTo("Postbacks");
  await expect(page.getByRole("list", { name: "Trackers" }).getByRole("link").first()).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: widths.phone, hasTouch: true, isMobile: true });

  test("every page is reached by thumb", async ({ page, demo }) => {
    await signIn(page, demo);
    await page.goto("/");
    await page.getByRole("link", { name: "Deliveries", exact: true }).tap();
    await expect(page.getByRole("heading", { level: 1, name: "Postbacks sent" })).toBeVisible();
    await page.getByRole("table").getByRole("link").first().tap();
    await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
    await page.getByRole("button", { name: "Back to the list" }).tap();
    await expect(page).toHaveURL(/\/deliveries$/);
    await page.getByRole("button", { name: "More" }).tap();
    await expect(page.getByRole("dialog").getByRole("link", { name: "Tracking links" })).toBeVisible();
    await page.screenshot({ path: "test-results/shots/more-phone.png" });
    await page.getByRole("dialog").getByRole("link", { name: "Tracking links" }).tap();
    await expect(page.getByRole("heading", { level: 1, name: "Tracking links" })).toBeVisible();
  });
});
