import type { Page } from "@playwright/test";

import { expect, expectFitInBothForms, signIn, test } from "./test";

// A tracker is edited once: its domain moves every goal's URL, seen before it is saved; a goal is switched on, all are tested at
// once, and an older version comes back.

const urls = (page: Page) => page.getByRole("list", { name: "URL of each goal" }).getByRole("listitem");

async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/^Saved as version \d+/).last()).toBeVisible();
  await expect(page.getByText("Unsaved changes")).toHaveCount(0);
}

for (const width of [1440, 390] as const) {
  test(`a tracker is moved, tested and put back, at ${String(width)}`, async ({ page, demo }) => {
    await page.setViewportSize({ width, height: 900 });
    await signIn(page, demo);
    await page.goto("/postbacks");
    const trackers = page.getByRole("list", { name: "Trackers" });
    await expect(trackers.getByRole("link").first()).toBeVisible();
    await expectFitInBothForms(page, `trackers-${String(width)}`);

    // The domain in one field, with every URL as it will be.
    // The demo's own, the oldest: other stories leave theirs.
    const row = trackers
      .getByRole("listitem")
      .filter({ has: page.getByRole("link", { name: "Keitaro", exact: true }) })
      .last();
    const chip = row.getByRole("list", { name: /^Goals of / }).getByRole("link", { name: "Deposit" });
    await expect(chip).toHaveText("Deposit");
    await row.getByRole("link").first().click();
    const domain = page.getByLabel("Domain");
    const before = await domain.inputValue();
    const after = before.replace("127.0.0.1", "localhost");
    expect(after).not.toBe(before);
    await domain.fill(after);
    await expect(urls(page).first()).toBeVisible();
    const n = await urls(page).count();
    expect(n).toBeGreaterThan(1);
    await expect(urls(page).locator("ins")).toHaveCount(n);
    for (const url of await urls(page).all()) {
      await expect(url.locator("ins")).toContainText(`http://${after}/`);
      await expect(url.locator("del")).toContainText(`http://${before}/`);
    }
    await expectFitInBothForms(page, `tracker-moved-${String(width)}`);
    const deposit = page.getByRole("switch", { name: /^Deposit/ });
    await deposit.click({ force: true });
    await expect(deposit).not.toBeChecked();
    await save(page);
    await expect(urls(page).locator("ins")).toHaveCount(0);
    await expect(urls(page).filter({ hasText: `http://${after}/` })).toHaveCount(n);

    // A goal is switched on, and tested with the others before it is saved.
    await page.getByRole("link", { name: "Postbacks" }).last().click();
    await expect(chip).toHaveText("Deposit off");
    await row.getByRole("link").first().click();
    await deposit.click({ force: true });
    const changed = urls(page).filter({ has: page.getByText("Deposit", { exact: true }) });
    await expect(changed.getByText("Off", { exact: true })).toHaveCount(0);
    await page.getByRole("tab", { name: "Test" }).click();
    await page.getByRole("button", { name: "Test all goals" }).click();
    await expect(page.getByText(/^\d+ of \d+ accepted$/)).toBeVisible();
    const tests = page.getByRole("list", { name: "Tests" });
    await expect(tests.getByText("Deposit", { exact: true })).toBeVisible();
    await tests.locator("summary").first().click();
    await expect(tests.getByText("Response", { exact: true }).first()).toBeVisible();
    await expectFitInBothForms(page, `tracker-tested-${String(width)}`);
    await page.getByRole("tab", { name: "Set-up" }).click();
    await save(page);

    // Back to what it was: the version fills the form, and is saved.
    await page.getByRole("tab", { name: /^Versions/ }).click();
    const versions = page.getByRole("list", { name: "Versions" }).locator("> li");
    await expect(versions.first()).toContainText("Deposit on");
    await expect(versions.nth(1).locator("ins").first()).toContainText(after);
    await expectFitInBothForms(page, `tracker-versions-${String(width)}`);
    await versions.nth(2).getByRole("button", { name: "Restore" }).click();
    await expect(domain).toHaveValue(before);
    await save(page);
    await expect(urls(page).filter({ hasText: `http://${before}/` })).toHaveCount(n);
    await page.goto("/postbacks");
    await expect(chip).toHaveText("Deposit");
    await expect(row.getByText(`http://${before}/`).first()).toBeVisible();
  });
}
