import type { BrowserContext, Page } from "@playwright/test";

import { expect, signIn, someone, test } from "./test";

// What was typed is not lost by a slip: leaving asks, a reload brings it back, and of two who save one is told.

const url = (name: string) => `https://track.example.com/${name}?cid={param_1}`;

async function writeUrl(page: Page, text: string): Promise<void> {
  const field = page.getByRole("textbox", { name: "URL" });
  await field.focus();
  // Not by `fill`: it focuses and selects all at once, and the editor, which stands on its first chip when the keyboard comes, may be
  // the last of the two to select.
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
  await expect(field).toHaveText(text);
}

const named = (page: Page) => page.getByRole("textbox", { name: "Name" });

/** Makes a postback, switched on, and gives back where it is. */
async function makePostback(page: Page, name: string): Promise<string> {
  await page.goto("/postbacks/new?goal=kyc");
  await page.getByRole("button", { name: "Enter manually" }).click();
  await writeUrl(page, url("first"));
  await named(page).fill(name);
  await page.getByRole("button", { name: "Create tracker" }).click();
  await page.getByRole("link", { name: "KYC approved" }).click();
  await expect(page.getByRole("tab", { name: "Edit" })).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  return new URL(page.url()).pathname;
}

async function deletePostback(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete postback" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Postbacks" })).toBeVisible();
}

test("a changed form asks before it is left, and a reload brings the draft back", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto("/postbacks");
  await page.getByRole("link", { name: "New tracker" }).click();
  await page.getByRole("button", { name: "Enter manually" }).click();
  await writeUrl(page, url("draft"));

  // Closing the tab asks in the browser's own words; Back and a link ask in ours, and nothing is lost by staying.
  await expect
    .poll(() => page.evaluate(() => window.dispatchEvent(new Event("beforeunload", { cancelable: true }))))
    .toBe(false);
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  await page.goBack();
  await expect(question).toBeVisible();
  await page.screenshot({ path: "test-results/shots/guard-leave.png" });
  await question.getByRole("button", { name: "Keep editing" }).click();
  await expect(page).toHaveURL(/\/postbacks\/new/);
  await page.getByRole("link", { name: "Campaigns" }).first().click();
  await expect(question).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();
  await expect(page.getByRole("textbox", { name: "URL" })).toHaveText(url("draft"));

  await page.reload();
  await expect(page.getByText(/^Draft from .* restored/)).toBeVisible();
  await expect(page.getByRole("textbox", { name: "URL" })).toHaveText(url("draft"));
  await page.screenshot({ path: "test-results/shots/guard-restored.png" });

  await page.getByRole("link", { name: "Campaigns" }).first().click();
  await question.getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Campaigns" })).toBeVisible();
  await page.goto("/postbacks/new");
  await expect(page.getByRole("button", { name: "Enter manually" })).toBeVisible();
});

test("a dialog with content asks before it is closed, an empty one does not", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto("/campaigns");
  const dialog = page.getByRole("dialog", { name: "New campaign" });
  await page.getByRole("button", { name: "New campaign" }).click();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "New campaign" }).click();
  await dialog.getByLabel("Name").fill("Half a name");
  await page.keyboard.press("Escape");
  const question = page.getByRole("dialog", { name: "Close without saving?" });
  await expect(question).toBeVisible();
  await question.getByRole("button", { name: "Keep editing" }).click();
  await expect(dialog.getByLabel("Name")).toHaveValue("Half a name");
  await page.mouse.click(5, 5);
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(dialog).toBeHidden();
});

/** Saves the same postback in another tab first. */
async function overtake(context: BrowserContext, path: string, name: string): Promise<void> {
  const other = await context.newPage();
  await other.goto(path);
  await named(other).fill(name);
  await writeUrl(other, url("theirs"));
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await expect(other.getByText("Saved as version 2")).toBeVisible();
  await other.close();
}

test("of two tabs that change one postback the second is told, and decides", async ({
  page,
  context,
  demo,
}) => {
  await signIn(page, demo);
  const path = await makePostback(page, `Two tabs ${String(Date.now())}`);
  await writeUrl(page, url("mine"));
  await overtake(context, path, "Theirs");

  await page.getByRole("button", { name: "Save", exact: true }).click();
  const conflict = page.getByRole("dialog", { name: "This postback was changed meanwhile" });
  await expect(conflict).toContainText("version 2 was saved by");
  await page.screenshot({ path: "test-results/shots/guard-conflict.png" });
  await conflict.getByRole("button", { name: "See theirs" }).click();
  await expect(page.getByText("Version 2", { exact: true })).toBeVisible();
  const newest = page.getByRole("list", { name: "Versions" }).getByRole("listitem").first();
  await expect(newest.getByRole("insertion").first()).toBeVisible();
  await expect(newest.getByRole("deletion").first()).toBeVisible();
  await expect(newest).toContainText(someone(demo, "affiliate").email);
  // Mine is still there.
  await page.getByRole("tab", { name: "Edit" }).click();
  await expect(page.getByRole("textbox", { name: "URL" })).toHaveText(url("mine"));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await conflict.getByRole("button", { name: "Overwrite" }).click();
  await expect(page.getByText("Saved as version 3")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "URL" })).toHaveText(url("mine"));
  await deletePostback(page);
});

test("what keeps it from being saved stands where the button is, and the keyboard is at the field", async ({
  page,
  demo,
}) => {
  await signIn(page, demo);
  await page.goto("/postbacks/new?goal=ftd");
  await page.getByRole("button", { name: "Enter manually" }).click();
  await page.getByRole("button", { name: "Create tracker" }).click();
  const alert = page.getByRole("alert").filter({ hasText: "Something is still missing" });
  await expect(alert).toBeInViewport();
  await expect(page.getByRole("textbox", { name: "URL" })).toBeFocused();
});

test("a page whose code does not come says so, and comes when it can", async ({ browser, demo, baseURL }) => {
  // A browser of its own: what fails here is written in its console.
  const context = await browser.newContext({ baseURL: baseURL ?? "" });
  const page = await context.newPage();
  await signIn(page, demo);
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1, name: "Home" })).toBeVisible();
  const code = /\/assets\/(campaigns|links)-page-.*\.js$/;

  // The server is away while the page's code is asked for.
  await context.setOffline(true);
  await page.getByRole("link", { name: "Campaigns" }).first().click();
  await expect(page.getByText("This page could not be loaded")).toBeVisible();
  await expect(page.getByText(/The server could not be reached/)).toBeVisible();
  await page.screenshot({ path: "test-results/shots/guard-lost-code.png" });
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("This page could not be loaded")).toBeVisible();
  await context.setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Campaigns" })).toBeVisible();

  // A new version is there, and this one's code is gone.
  await page.route(code, (route) => route.fulfill({ status: 404, body: "not found" }));
  await page.route(
    (address) => address.pathname === "/",
    async (route) => {
      const response = await route.fetch();
      const body = await response.text();
      await route.fulfill({ response, body: body.replaceAll(/\/assets\/(\w+)-/g, "/assets/$1-newer") });
    },
  );
  await page.getByRole("link", { name: "Tracking links" }).first().click();
  await expect(page.getByText(/There is a new version of Postrider/)).toBeVisible();
  await page.screenshot({ path: "test-results/shots/guard-new-version.png" });
  await page.unrouteAll();
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Tracking links" })).toBeVisible();
  await context.close();
});
