import { expect, signIn, test } from "./test";

// How somebody works through a list: narrows it by keyboard, keeps the address, and comes back to the same place.

test("several states are chosen by keyboard, and the address keeps them", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto("/deliveries");
  await page.getByRole("button", { name: "Filter by state" }).focus();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("menu", { name: "State" });
  await expect(menu).toBeVisible();
  const choose = async (name: string, key: () => Promise<void>) => {
    const item = menu.getByRole("menuitemcheckbox", { name });
    await key();
    await expect(item).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(item).toHaveAttribute("aria-checked", "true");
  };
  await choose("Failed", () => page.keyboard.type("Failed"));
  await expect(page).toHaveURL(/\/deliveries\?state=failed$/);
  await choose("Waiting", () => page.keyboard.press("ArrowDown"));
  await expect(page).toHaveURL(/\/deliveries\?state=failed,held$/);
  await page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
  await page.reload();
  await expect(page).toHaveURL(/\/deliveries\?state=failed,held$/);
  await expect(page.getByRole("button", { name: /^State\s*Failed, Waiting$/ })).toBeVisible();
});

test("an address of before still opens", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto('/deliveries?state=["FAILED","HELD"]&q="123"');
  await expect(page.getByRole("button", { name: /^State\s*Failed, Waiting$/ })).toBeVisible();
  await expect(page.getByRole("searchbox")).toHaveValue("123");
});

test("days are set by keyboard, in the user's zone", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto("/clicks");
  await page.getByRole("button", { name: "Filter by dates" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Dates" });
  await expect(dialog.getByText(/^in /)).toBeVisible();
  await expect(dialog.getByRole("option", { name: "Last 15 minutes" })).toBeFocused();
  await page.screenshot({ path: "test-results/shots/dates-desk.png" });
  // From the spans on to the first field: day, month and year one after the other.
  await page.keyboard.press("Tab");
  await page.keyboard.type("01112025");
  await page.keyboard.press("Tab");
  await page.keyboard.type("30112025");
  const apply = dialog.getByRole("button", { name: "Apply" });
  await apply.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/clicks\?from=2025-11-01&to=2025-11-30$/);
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("No click matches")).toBeVisible();

  await page.getByRole("button", { name: /^Dates/ }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole("option").first()).toBeFocused();
  await page.keyboard.type("Last 30");
  await expect(dialog.getByRole("option", { name: "Last 30 days" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/clicks\?range=30d$/);
  await expect(page.getByRole("button", { name: /^Dates\s*Last 30 days$/ })).toBeVisible();
  await expect(page.getByRole("table").getByRole("link").first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: /^Dates\s*Last 30 days$/ })).toBeVisible();
});

test("whoever goes back finds the list where it was left", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto("/clicks");
  const rows = page.getByRole("table", { name: /^Clicks/ }).getByRole("link");
  await expect(rows).toHaveCount(50);
  await rows.last().scrollIntoViewIfNeeded();
  await expect.poll(() => rows.count()).toBeGreaterThan(50);
  const row = rows.nth(60);
  await row.scrollIntoViewIfNeeded();
  const href = (await row.getAttribute("href")) ?? "";
  const place = async () => Math.round((await page.locator(`a[href="${href}"]`).boundingBox())?.y ?? -1);
  const left = await place();
  await row.click();
  await expect(page.getByRole("region", { name: "Click" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/clicks$/);
  await expect.poll(place).toBe(left);

  await page
    .getByRole("navigation", { name: "Pages" })
    .first()
    .getByRole("link", { name: "Settings" })
    .click();
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/\/clicks$/);
  await expect.poll(place).toBe(left);
});
