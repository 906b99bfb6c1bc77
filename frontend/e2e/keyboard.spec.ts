import { expect, signIn, test } from "./test";

// No pointer is used here.

test("from the palette to a delivery's detail and back", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1, name: "Home" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("deliv");
  await expect(page.getByRole("option", { name: /Deliveries/ })).toHaveAttribute("aria-selected", "true");
  await page.screenshot({ path: "test-results/shots/palette.png" });
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Postbacks sent" })).toBeVisible();

  const first = page.getByRole("table").getByRole("link").first();
  await first.focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Delivery" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/deliveries$/);

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
});

test("a delivery's id, pasted into the palette, leads to it", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto("/deliveries");
  await page.getByRole("table").getByRole("link").first().click();
  const id = await page
    .getByText(/^[0-9a-f]{32}$/)
    .first()
    .textContent();
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1, name: "Home" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox")).toBeFocused();
  await page.keyboard.insertText(id ?? "");
  await expect(page.getByRole("option", { name: /Delivery$/ })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText(id ?? "").first()).toBeVisible();
  expect(page.url()).toContain("/deliveries/");
});

test("the palette finds an offer by its name, and goes straight to it", async ({ page, demo }) => {
  await signIn(page, demo, "manager");
  const response = await page.request.post("/graphql", {
    data: { query: "{ offers(first: 1) { edges { node { name } } } }" },
  });
  const { data } = (await response.json()) as { data: { offers: { edges: { node: { name: string } }[] } } };
  const name = data.offers.edges[0]?.node.name ?? "";
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1, name: "Home" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox")).toBeFocused();
  await page.keyboard.insertText(name);
  // Campaigns may be named after it.
  const option = page.getByRole("option", { name: `${name} Offer`, exact: true });
  await expect(async () => {
    if ((await option.getAttribute("aria-selected")) !== "true") await page.keyboard.press("ArrowDown");
    await expect(option).toHaveAttribute("aria-selected", "true", { timeout: 200 });
  }).toPass();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
});
