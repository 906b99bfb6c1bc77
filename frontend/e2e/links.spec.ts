import type { Page } from "@playwright/test";

import { expect, expectFitInBothForms, route, signIn, test } from "./test";

const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

/** So that nothing of it fires in other stories. */
async function deleteNamed(page: Page, name: string): Promise<void> {
  const ask = async (query: string, variables: Record<string, unknown>) =>
    (await (await page.request.post("/graphql", { data: { query, variables } })).json()) as {
      data: { postbacks: { edges: { node: { id: string } }[] } };
    };
  const found = await ask(
    "query($name: String!) { postbacks(filter: { search: $name }) { edges { node { id } } } }",
    {
      name,
    },
  );
  await Promise.all(
    found.data.postbacks.edges.map(({ node }) =>
      ask("mutation($id: ID!) { deletePostback(input: { id: $id }) { deletedId } }", { id: node.id }),
    ),
  );
}

test("a link is copied with the tracker's own token wherever it stands, and bare only behind a menu", async ({
  page,
  demo,
}) => {
  await signIn(page, demo);
  await page.goto("/links");
  await expect(page.getByRole("combobox", { name: "Campaign or offer" })).not.toHaveValue("");
  const finished = page.getByRole("status").filter({ hasText: "/c/" });
  const code = /\/c\/(\w+)/.exec((await finished.textContent()) ?? "")?.[1];
  const first = demo.links.find((link) => link.code === code);
  expect(first?.campaignId).toBeNull();

  await page.goto("/campaigns");
  const copy = page.getByRole("button", { name: /^Copy the link of/ }).first();
  await copy.click();
  await expect(page.getByText(/^Copied the link of/)).toBeVisible();
  expect(await copied(page)).toMatch(/\/c\/\w+\?param_1=\{\w+\}$/);
  await page
    .getByRole("button", { name: /^Other ways to copy the link of/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Copy without params" }).click();
  await expect(page.getByText(/without params$/)).toBeVisible();
  expect(await copied(page)).toMatch(/\/c\/\w+$/);
  await expectFitInBothForms(page, "links-campaigns");
});

test("a campaign says what fires for it, and a postback that is added there comes back to it", async ({
  page,
  demo,
}) => {
  await signIn(page, demo);
  await page.goto("/campaigns");
  const row = page
    .getByRole("row")
    .filter({ has: page.getByRole("link", { name: /fires? for/ }) })
    .first();
  const campaign = (await row.getByRole("link").first().textContent()) ?? "";
  const counted = row.getByRole("link", { name: /fires? for/ });
  const before = Number(await counted.textContent());
  expect(before).toBeGreaterThan(0);
  await counted.click();
  await expect(page.getByRole("heading", { level: 1, name: campaign })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Also fire for this campaign" })).toBeInViewport();

  await page.getByRole("link", { name: "Add postback" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "New postback" })).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: campaign })).toBeVisible();
  await expectFitInBothForms(page, "links-add-postback");
  await page
    .getByRole("button", { name: /^Copy / })
    .first()
    .click();
  await expect(page.getByRole("textbox", { name: "URL" })).toHaveText(/^https?:\/\//);
  await page.getByRole("textbox", { name: "Name" }).fill("A copy of its own");
  await page.getByRole("button", { name: /^Create/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: campaign })).toBeVisible();
  const own = page.getByRole("link", { name: "A copy of its own" });
  await expect(own.first()).toBeVisible();
  await expectFitInBothForms(page, "links-campaign");

  await deleteNamed(page, "A copy of its own");
});

test("our own link in the place of a tracker's URL is named for what it is", async ({ page, demo }) => {
  await signIn(page, demo);
  const { link } = route(demo);
  await page.goto("/postbacks/new?goal=ftd");
  const field = page.getByLabel("Your tracker's postback URL");
  await field.fill(`${link.url}?param_1={subid}`);
  await expect(
    page.getByText(/This is a Postrider tracking link of the campaign .*, not your tracker's/),
  ).toBeVisible();
  await expect(page.getByRole("button", { name: "Accept" })).toHaveCount(0);
  await expectFitInBothForms(page, "links-own-url");
  await page.getByRole("link", { name: "Open this tracking link" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Tracking links" })).toBeVisible();

  // Typed into the editor it is an error of the doctor's.
  await page.goto("/postbacks/new?goal=ftd");
  await page.getByRole("button", { name: "Enter manually" }).click();
  await page.getByRole("textbox", { name: "URL" }).fill(`${link.url}?param_1={param_1}`);
  await expect(page.locator('[data-code="OWN_URL"]')).toContainText("tracking link of the campaign");
  await page.getByRole("button", { name: "Create tracker" }).click();
  await expect(page.getByRole("alert")).toContainText("cannot be saved like this");
});
