import type { Page } from "@playwright/test";

import { expect, expectFitInBothForms, signIn, test } from "./test";

// Charts are drawn on a canvas: what they say stands above them, and in a table below.

/** What stands above the chart, by what it is of. */
async function values(page: Page): Promise<Record<string, number>> {
  const text = await page.getByRole("figure").locator("figcaption").innerText();
  const found = [...text.matchAll(/(Clicks|FTDs|Delivered|Failed)\s+([\d,]+)/g)];
  return Object.fromEntries(found.map(([, name, n]) => [name, Number(n?.replaceAll(",", ""))]));
}

/** The rows of its table as numbers, the newest first. */
async function tableRows(page: Page): Promise<number[][]> {
  await page.getByText("As a table").click();
  const rows = await page.getByRole("figure").getByRole("row").all();
  const texts = await Promise.all(rows.slice(1).map((row) => row.getByRole("cell").allInnerTexts()));
  return texts.map((cells) =>
    cells.slice(1).map((cell) => Number(/[\d,]+$/.exec(cell.trim())?.[0].replaceAll(",", ""))),
  );
}

/** Points at each of the bars, and reads what the chart says of them. */
async function pointAtBars(page: Page, count: number): Promise<number[][]> {
  const plot = page.getByRole("slider").locator(".u-over").first();
  const box = await plot.boundingBox();
  if (!box) throw new Error("there is no plot");
  const said: number[][] = [];
  for (let i = 0; i < count; i++) {
    await page.mouse.move(box.x + (box.width * (i + 0.5)) / count, box.y + box.height / 2);
    said.push(Object.values(await values(page)));
  }
  return said;
}

async function openCampaign(page: Page): Promise<void> {
  await page.goto("/campaigns");
  await page.getByRole("table", { name: "Campaigns" }).getByRole("link").first().click();
  await expect(page.getByRole("slider", { name: "Clicks and FTDs by day" })).toBeVisible();
  await expect(page.locator(".u-over").first()).toBeVisible();
}

test("a campaign's chart says each day's numbers to mouse, keyboard and as a table", async ({
  page,
  demo,
}) => {
  await signIn(page, demo);
  await openCampaign(page);
  const all = await values(page);
  const rows = (await tableRows(page)).toReversed();
  expect(rows.length).toBe(30);
  const sums = [0, 1].map((column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0));
  expect(Object.values(all)).toEqual(sums);
  expect(all["Clicks"]).toBeGreaterThan(0);

  expect(await pointAtBars(page, rows.length)).toEqual(rows);
  await page.mouse.move(0, 0);
  await expect.poll(() => values(page)).toEqual(all);

  const slider = page.getByRole("slider", { name: "Clicks and FTDs by day" });
  await slider.focus();
  await page.keyboard.press("Home");
  for (const row of rows) {
    expect(Object.values(await values(page))).toEqual(row);
    await page.keyboard.press("ArrowRight");
  }
});

test("charts fit, and are looked at in both themes and widths", async ({ page, demo }) => {
  await signIn(page, demo);
  for (const width of [1440, 390] as const) {
    await page.setViewportSize({ width, height: 900 });
    await openCampaign(page);
    await page.getByRole("slider").focus();
    await expectFitInBothForms(page, `chart-campaign-${String(width)}`);
    await page.goto("/postbacks");
    await page.getByRole("main").getByRole("link", { name: "FTD" }).first().click();
    await page.getByRole("tab", { name: "Health" }).click();
    await expect(page.getByRole("slider", { name: "Postbacks by hour" })).toBeVisible();
    await expect(page.locator(".u-over")).toHaveCount(1);
    await page.getByText("As a table").click();
    await expectFitInBothForms(page, `chart-health-${String(width)}`);
  }
});
