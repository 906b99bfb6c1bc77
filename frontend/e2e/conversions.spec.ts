import { click, expect, expectFitInBothForms, report, route, signIn, test } from "./test";

// The Conversions page is live: what operators report shows up, and so does what becomes of its postbacks.

for (const width of [1440, 390]) {
  test(`a conversion shows up as it is reported, ${String(width)} wide`, async ({ page, demo, request }) => {
    await page.setViewportSize({ width, height: 900 });
    await signIn(page, demo);
    const { link, integration } = route(demo);
    const param = `live${String(Date.now())}`;
    const clickId = await click(request, link.url, { param_1: param });

    await page.goto(`/conversions?q=${param}`);
    await expect(page.getByText("No conversion matches")).toBeVisible();
    await expect(page.getByRole("status").filter({ hasText: "Live" })).toBeVisible();
    await report(request, integration, { goal: "registration", click_id: clickId });
    const rows = page.getByRole("table", { name: "Conversions, newest first" }).getByRole("row");
    const row = rows.nth(1);
    await expect(row).toContainText("Registration");
    await expect(row).toContainText("Delivered");
    await expect(page.getByText(/^1 conversion/)).toBeVisible();

    // With an opened one beside it, what is new waits above the list.
    await row.getByRole("link").click();
    await expect(page.getByRole("region", { name: "Conversion" })).toBeVisible();
    await report(request, integration, {
      goal: "ftd",
      click_id: clickId,
      transaction_id: param,
      amount: "50.00",
      currency: "EUR",
    });
    if (width === 1440) {
      await page.getByRole("button", { name: "1 new" }).click();
      await expect(rows).toHaveCount(3);
    }
    await page.goto(`/conversions?q=${param}`);
    await expect(rows).toHaveCount(3);
    await expect(rows.nth(1)).toContainText("FTD");
    await expectFitInBothForms(page, `conversions-live-${String(width)}`);
  });
}
