import { expect, expectFitInBothForms, inTurn, setForm, signIn, test } from "./test";

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

test("days are set by keyboard in the live log", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto("/deliveries");
  const rows = page.getByRole("table", { name: /^Deliveries/ }).getByRole("link");
  await expect(rows.first()).toBeVisible();
  await page.getByRole("button", { name: "Filter by dates" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Dates" });
  await expect(dialog.getByRole("option", { name: "Last 15 minutes" })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.type("01112025");
  await page.keyboard.press("Tab");
  await page.keyboard.type("30112025");
  await dialog.getByRole("button", { name: "Apply" }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/deliveries\?from=2025-11-01&to=2025-11-30$/);
  await expect(page.getByText("No postback matches")).toBeVisible();
  await page.getByRole("button", { name: /^Dates/ }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("option").first()).toBeFocused();
  await page.keyboard.type("Last 30");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/deliveries\?range=30d$/);
  await expect(rows.first()).toBeVisible();
});

test("days are set by keyboard in staff's lists", async ({ page, demo }) => {
  await signIn(page, demo, "manager");
  await inTurn(["conversions", "staff/received", "staff/audit"], async (list) => {
    await page.goto(`/${list}`);
    await page.getByRole("button", { name: /^(Filter by dates|Dates)/ }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Dates" });
    await expect(dialog.getByText(/^in /)).toBeVisible();
    await expect(dialog.getByRole("option").first()).toBeFocused();
    await page.keyboard.type("Last 30");
    await expect(dialog.getByRole("option", { name: "Last 30 days" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`/${list}\\?range=30d$`, "u"));
  });
});

for (const width of [1440, 390]) {
  test(`the dates fit, ${String(width)} wide`, async ({ page, demo }) => {
    await page.setViewportSize({ width, height: 844 });
    await signIn(page, demo);
    await inTurn(["clicks", "deliveries"], async (list) => {
      await setForm(page, "light");
      await page.goto(`/${list}?range=7d`);
      const button = page.getByRole("button", { name: /^Dates\s*Last 7 days$/ });
      await button.click();
      const dialog = page.getByRole("dialog", { name: "Dates" });
      await expect(dialog.getByText(/^in /)).toBeVisible();
      await expect(dialog.getByRole("gridcell", { selected: true }).first()).toBeVisible();
      await expectFitInBothForms(page, `dates-${list}-${String(width)}`);
      const apply = await dialog.getByRole("button", { name: "Apply" }).boundingBox();
      expect((apply?.y ?? Infinity) + (apply?.height ?? 0)).toBeLessThanOrEqual(844);
    });
  });
}

test("of a long list only the rows in sight exist, and all of them on paper", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto("/clicks");
  const table = page.getByRole("table", { name: /^Clicks/ });
  const links = table.getByRole("link");
  const loaded = async () => Number((await table.getAttribute("aria-rowcount")) ?? 1) - 1;
  const next = page.getByRole("button", { name: "Load more" });
  await expect(links).toHaveCount(50);
  await expect(async () => {
    await next.scrollIntoViewIfNeeded();
    expect(await loaded()).toBeGreaterThan(250);
  }).toPass();
  expect(await links.count()).toBeLessThan(100);

  // A column stays as wide as it is, whatever is in sight.
  const widths = () =>
    table
      .getByRole("columnheader")
      .evaluateAll((all) => all.map((th) => Math.round(th.getBoundingClientRect().width)));
  const before = await widths();
  const row = (index: number) => table.locator(`[aria-rowindex="${String(index)}"]`);
  await page
    .locator("#main .scroll-thin")
    .first()
    .evaluate((scroller) => {
      scroller.scrollTop = 0;
    });
  await expect(row(2)).toBeInViewport();
  expect(await widths()).toEqual(before);

  // The focus goes from row to row by keyboard, and stays with its row when that goes out of sight.
  const first = row(2).getByRole("link");
  await first.focus();
  await inTurn(Array.from({ length: 60 }), async () => {
    await page.keyboard.press("Tab");
  });
  const far = page.locator("tr:focus-within");
  expect(Number(await far.getAttribute("aria-rowindex"))).toBeGreaterThan(20);
  await expect(far).toBeInViewport();
  const index = await far.getAttribute("aria-rowindex");
  await next.scrollIntoViewIfNeeded();
  await expect(far).not.toBeInViewport();
  await expect(far).toHaveAttribute("aria-rowindex", index ?? "");

  const all = await loaded();
  const drawn = () => table.locator("tbody tr[role=row]").count();
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  expect(await drawn()).toBeGreaterThanOrEqual(all);
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  expect(await drawn()).toBeLessThan(100);
});

test("whoever goes back finds the list where it was left", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto("/clicks");
  const rows = page.getByRole("table", { name: /^Clicks/ }).getByRole("link");
  await expect(rows).toHaveCount(50);
  await rows.last().scrollIntoViewIfNeeded();
  await expect.poll(() => rows.count()).toBeGreaterThan(50);
  await expect(async () => {
    await page.getByRole("button", { name: "Load more" }).scrollIntoViewIfNeeded();
    const table = page.getByRole("table", { name: /^Clicks/ });
    expect(Number(await table.getAttribute("aria-rowcount", { timeout: 100 }))).toBeGreaterThan(150);
  }).toPass();
  // As high as 130 rows are.
  await page
    .locator("#main .scroll-thin")
    .first()
    .evaluate((scroller) => {
      scroller.scrollTop = 130 * 41;
    });
  const row = page.locator('[aria-rowindex="138"]').getByRole("link");
  await expect(row).toBeInViewport();
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

for (const list of [
  { path: "clicks", page: "Clicks", rows: /^Clicks/, detail: "Click", scroller: "#main .scroll-thin" },
  {
    path: "conversions",
    page: "Conversions",
    rows: /^Conversions/,
    detail: "Conversion",
    scroller: "#main .scroll-thin",
  },
  {
    path: "deliveries",
    page: "Deliveries",
    rows: /^Deliveries/,
    detail: "Delivery",
    scroller: "#main .scroll-thin",
  },
]) {
  test(`${list.path} are where they were left, by the rail and by Back`, async ({ page, demo }) => {
    await signIn(page, demo);
    await page.goto(`/${list.path}${list.path === "conversions" ? "?range=30d" : ""}`);
    const rows = page.getByRole("table", { name: list.rows }).getByRole("link");
    await expect(rows.first()).toBeVisible();
    const scroller = page.locator(list.scroller).first();
    await expect(async () => {
      await scroller.evaluate((element) => {
        element.scrollTop = 40 * 41;
      });
      expect(await scroller.evaluate((element) => element.scrollTop)).toBe(40 * 41);
    }).toPass();
    const top = () => scroller.evaluate((element) => Math.round(element.scrollTop));
    const shown = rows.nth(Math.floor((await rows.count()) / 2));
    const href = (await shown.getAttribute("href")) ?? "";
    await shown.click();
    await expect(page.getByRole("region", { name: list.detail, exact: true })).toBeVisible();
    const left = await top();
    const url = page.url();
    const rail = page.getByRole("navigation", { name: "Pages" }).first();
    const isThere = async () => {
      await expect(page).toHaveURL(url);
      await expect(page.getByRole("region", { name: list.detail, exact: true })).toBeVisible();
      await expect(page.locator(`a[href="${href}"]`)).toBeInViewport();
      await expect.poll(top).toBe(left);
    };
    const leave = async () => {
      await rail.getByRole("link", { name: "Settings" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
    };
    await leave();
    await rail.getByRole("link", { name: list.page }).click();
    await isThere();
    await leave();
    await page.goBack();
    await isThere();
    // From within, the rail begins anew.
    await rail.getByRole("link", { name: list.page }).click();
    await expect(page).toHaveURL(new RegExp(`/${list.path}$`, "u"));
  });
}

test("of a thousand rows on a phone, fewer than a hundred exist, and the last is reached", async ({
  page,
  demo,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, demo, "manager");
  await page.goto("/clicks");
  const table = page.getByRole("table", { name: /^Clicks/ });
  const rows = table.locator("tbody tr[role=row]");
  await expect(rows.first()).toBeVisible();
  const scroller = page.locator("#main .scroll-thin").first();
  const next = page.getByRole("button", { name: "Load more" });
  const loaded = async () => Number((await table.getAttribute("aria-rowcount")) ?? 1) - 1;
  await expect(async () => {
    await next.scrollIntoViewIfNeeded({ timeout: 500 });
    expect(await rows.count()).toBeLessThan(100);
    expect(await loaded()).toBeGreaterThanOrEqual(1000);
  }).toPass({ intervals: [20], timeout: 60_000 });
  const all = await loaded();
  const toEnd = () =>
    scroller.evaluate((element) => {
      element.scrollTop = 0;
      element.scrollTop = element.scrollHeight;
    });
  await toEnd();
  await expect(table.locator(`tr[aria-rowindex="${String(all + 1)}"]`)).toBeVisible();
  expect(await rows.count()).toBeLessThan(100);
  await scroller.evaluate((element) => {
    element.scrollTop = 0;
  });
  await expect(table.locator('tr[aria-rowindex="2"]')).toBeInViewport();
  expect(await rows.count()).toBeLessThan(100);
});
