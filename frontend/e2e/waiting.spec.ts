import type { Page } from "@playwright/test";

import { click, expect, expectFitInBothForms, report, route, signIn, test } from "./test";

// What an operator reports that only staff can decide: a goal that nobody has mapped, and the same transaction for another player.

async function atBothSizes(page: Page, name: string): Promise<void> {
  const desk = page.viewportSize();
  await expectFitInBothForms(page, `${name}-desk`);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectFitInBothForms(page, `${name}-phone`);
  if (desk) await page.setViewportSize(desk);
}

test("an unmapped goal is mapped and undone, a clash is decided", async ({ page, demo, request }) => {
  const { link, integration } = route(demo);
  const mark = String(Date.now());
  const call = async (values: Record<string, string>) => {
    const query = new URLSearchParams({ ...values, token: integration.token });
    const response = await request.get(`/postback/${integration.key}?${query.toString()}`);
    return ((await response.json()) as { result: string }).result;
  };
  const clickId = await click(request, link.url, { param_1: `waiting-${mark}` });
  const word = `dep_${mark}`;
  const of = { goal: word, click_id: clickId, amount: "25.50", currency: "EUR" };
  expect(await call({ ...of, player_id: `p-${mark}`, transaction_id: `W-${mark}` })).toBe("unmapped");
  expect(await call({ ...of, player_id: `p-${mark}` })).toBe("unmapped");

  await signIn(page, demo, "manager");
  await page.goto("/staff/integrations");
  await page.getByRole("row").filter({ hasText: integration.key }).getByRole("link").first().click();
  await expect(page.getByText(word, { exact: true })).toBeVisible();
  await atBothSizes(page, "unmapped-goal");
  await page.getByRole("button", { name: new RegExp(`Goal for ${word}`) }).click();
  await page.getByRole("option", { name: /^Deposit/ }).click();
  const map = page.getByRole("dialog", { name: `Map ${word} to Deposit` });
  await expect(map.getByText(/^1 report keeps waiting/)).toBeVisible();
  await atBothSizes(page, "map-goal");
  await map.getByRole("button", { name: "Map and fire" }).click();
  await expect(page.getByText("mapped to Deposit, 1 conversion recorded, 1 report waits")).toBeVisible();
  await page.getByRole("button", { name: "Undo mapping" }).click();
  const undo = page.getByRole("dialog", { name: `Undo the mapping of ${word}` });
  await atBothSizes(page, "unmap-goal");
  await undo.getByRole("button", { name: "Undo mapping" }).click();
  await expect(page.getByText("1 conversion taken back")).toBeVisible();

  const deposit = { goal: "deposit", transaction_id: `C-${mark}`, currency: "EUR", click_id: clickId };
  await report(request, integration, { ...deposit, player_id: `p-${mark}`, amount: "20" });
  expect(await call({ ...deposit, player_id: `q-${mark}`, amount: "35" })).toBe("clash");
  await page.goto("/");
  await page.getByRole("link", { name: /^1 clash$/ }).click();
  await expect(page.getByText(`C-${mark}`)).toBeVisible();
  await atBothSizes(page, "clashes");
  await page.getByRole("button", { name: "Record as another event" }).click();
  await expect(page.getByText(/^Recorded as another event/)).toBeVisible();
  await expect(page.getByText("Nothing to decide")).toBeVisible();
});
