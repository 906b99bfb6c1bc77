import { click, expect, expectFitInBothForms, inTurn, report, route, signIn, someone, test } from "./test";
import { startTracker } from "./tracker";

// The main story, as an affiliate lives it: a postback, a link, a click, a conversion, and the delivery seen live.

test("signs in by hand, and comes back to where one wanted to go", async ({ page, demo }) => {
  const { email, password } = someone(demo, "affiliate");
  await page.goto("/conversions?goal=ftd");
  await expect(page.getByRole("heading", { name: "Sign in to Postrider" })).toBeVisible();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByText("The e-mail address or the password is wrong.")).toBeVisible();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Conversions" })).toBeVisible();
  expect(page.url()).toContain("goal=ftd");
});

test("signs in with one click on the demo data, and out again", async ({ page }) => {
  await page.goto("/sign-in");
  await page.screenshot({ path: "test-results/shots/sign-in.png" });
  await page
    .getByRole("button", { name: /Affiliate · / })
    .first()
    .click();
  await expect(page.getByRole("heading", { level: 1, name: "Home" })).toBeVisible();
  await page.getByRole("button", { name: /^Account/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Postrider" })).toBeVisible();
});

test("a click becomes a conversion becomes a postback, live", async ({ page, demo, request }) => {
  await signIn(page, demo);
  const { link, integration } = route(demo);
  const param = `e2e ${String(Date.now())} d&é+1`;

  // A postback to the echo tracker, for this campaign alone.
  await page.goto("/developers");
  const echo = await page
    .getByText(/\/echo\//)
    .first()
    .textContent();
  await page.goto(`/postbacks/new?campaign=${encodeURIComponent(link.campaignId ?? "")}&goal=registration`);
  await page.getByRole("button", { name: "Enter manually" }).click();
  await page
    .getByRole("textbox", { name: "URL" })
    .fill(`${echo ?? ""}?cid={param_1}&goal={goal_id}&id={conversion_id}`);
  await expect(page.getByText("As it will be sent, with sample values")).toBeVisible();
  await expect(page.getByTitle(/^goal_id: /).first()).toBeVisible();
  await page.getByRole("textbox", { name: "Name" }).fill("E2E echo");
  await page.screenshot({ path: "test-results/shots/postback-form.png" });
  // What the preview shows is what the simulation shows, and what a test fire sends: the badge says so.
  await page.getByRole("button", { name: "Simulate" }).click();
  const simulation = page.getByRole("article", { name: "Simulation of Registration" });
  await expect(simulation).toContainText("goal=registration");
  await expect(page.getByText(/This exact URL/)).toHaveCount(0);
  await simulation.getByRole("button", { name: "Fire test" }).click();
  await expect(page.getByText(/This exact URL was answered 200 at/)).toBeVisible();
  await page.getByRole("button", { name: "Create postback" }).click();
  await page.getByRole("link", { name: "E2E echo" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "E2E echo" })).toBeVisible();
  await page.getByRole("tab", { name: "Test" }).click();
  await page.getByRole("button", { name: "Fire test" }).click();
  await expect(page.getByText(/This exact URL was answered 200 at/)).toBeVisible();

  // The log is open before anything happens.
  await page.goto("/deliveries");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  const id = await click(request, link.url, { param_1: param });
  await report(request, integration, { goal: "registration", click_id: id, player_id: `p-${id}` });

  const row = page.getByRole("row").filter({ has: page.getByTitle(param) });
  await expect(row.first()).toContainText("Delivered");
  await page.screenshot({ path: "test-results/shots/deliveries-live.png" });

  // Its detail, down to the bytes.
  const own = row.filter({ hasText: "Echo tracker" }).first();
  await own.getByRole("link").click();
  const detail = page.getByRole("region", { name: "Delivery" });
  await expect(detail.getByText("Attempt 1")).toBeVisible();
  await expect(detail.getByText(param, { exact: true })).toBeVisible();
  await page.screenshot({ path: "test-results/shots/delivery-detail.png" });

  // Replayed: a new delivery, which ends like the first.
  await detail.getByRole("button", { name: "Replay" }).click();
  await page.getByRole("button", { name: "Replay now" }).click();
  await expect(detail.getByText("Replay of")).toBeVisible();
  await expect(detail.getByText("Delivered", { exact: true }).first()).toBeVisible();

  // The chain, from the click to the attempt.
  await detail.getByRole("link", { name: "Full history" }).click();
  const chain = page.getByRole("region", { name: "Conversion" });
  await expect(chain.getByRole("heading", { name: /considered/ })).toBeVisible();
  await expect(chain.getByText(/^It fired\./).first()).toBeVisible();
  await page.screenshot({ path: "test-results/shots/conversion-chain.png" });

  // The echo tracker got what came on the link.
  await page.goto("/developers");
  await expect(page.getByText(param, { exact: true }).first()).toBeAttached();

  // The click is found by the value of its param.
  await page.goto("/clicks");
  await page.getByRole("searchbox").fill(param);
  await expect(page.getByRole("table", { name: /Clicks/ }).getByRole("link")).toHaveCount(1);

  // And the postback goes again.
  await page.goto("/postbacks");
  await page.getByRole("link", { name: "Registration" }).first().waitFor();
  // It stands under its tracker, folded where there are many.
  await page.getByText("E2E echo").first().waitFor({ state: "attached" });
});

test("the log holds still while paused, and filters live rows", async ({ page, demo, request }) => {
  await signIn(page, demo);
  const { link, integration } = route(demo);
  const param = `paused-${String(Date.now())}`;
  await page.goto("/deliveries");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await page.keyboard.press("p");
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  const id = await click(request, link.url, { param_1: param });
  await report(request, integration, { goal: "registration", click_id: id, player_id: `p-${id}` });
  await expect(page.getByRole("button", { name: /^\d+ new$/ })).toBeVisible();
  await expect(page.getByTitle(param)).toHaveCount(0);
  await page.keyboard.press("n");
  await expect(page.getByTitle(param).first()).toBeVisible();

  await page.getByRole("button", { name: "Filter by state" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Failed" }).click();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\?state=failed$/);
  await expect(page.getByTitle(param)).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("button", { name: /^State\s*Failed$/ })).toBeVisible();
});

test("a failure that was replayed is one no more, and an empty click id is amber", async ({
  page,
  demo,
  request,
}) => {
  await signIn(page, demo);
  const { link, integration } = route(demo);
  const tracker = await startTracker((n) => (n === 1 ? 404 : 200));
  const param = `replayed-${String(Date.now())}`;
  await page.goto(`/postbacks/new?campaign=${encodeURIComponent(link.campaignId ?? "")}&goal=kyc`);
  await page.getByRole("button", { name: "Enter manually" }).click();
  await page.getByRole("textbox", { name: "URL" }).fill(`${tracker.url}/pb?cid={param_1}&id={conversion_id}`);
  await page.getByRole("textbox", { name: "Name" }).fill("Fails once");
  await page.getByRole("button", { name: "Create postback" }).click();
  await page.getByRole("link", { name: "Fails once" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Fails once" })).toBeVisible();

  // It fails, and is replayed with success. The tracker's own click id finds both.
  const id = await click(request, link.url, { param_1: param });
  await report(request, integration, { goal: "kyc", click_id: id, player_id: `p-${id}` });
  const host = new URL(tracker.url).host;
  const rows = page.getByRole("row").filter({ hasText: host });
  await page.goto(`/deliveries?q=${param}`);
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("Failed");
  await rows.getByRole("link").click();
  const detail = page.getByRole("region", { name: "Delivery" });
  await detail.getByRole("button", { name: "Replay" }).click();
  await page.getByRole("button", { name: "Replay now" }).click();
  await expect(detail.getByText("Delivered", { exact: true }).first()).toBeVisible();
  await page.goto(`/deliveries?q=${param}`);
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: "Failed, replayed: delivered" })).toHaveCount(1);
  await page.screenshot({ path: "test-results/shots/deliveries-replayed.png" });
  await page.getByRole("button", { name: "Filter by state" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Failed" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByText("No postback matches")).toBeVisible();
  await expect(rows).toHaveCount(0);
  await page.goto(`/conversions?q=${param}`);
  await expect(
    page
      .getByRole("table", { name: /Conversions/ })
      .getByRole("link")
      .first(),
  ).toContainText(/KYC/);

  // A click without the tracker's id: the tracker accepts, and can make nothing of it.
  const bare = await click(request, link.url, {});
  await report(request, integration, { goal: "kyc", click_id: bare, player_id: `p-${bare}` });
  await page.goto("/deliveries?warning=only");
  await expect(rows.first()).toContainText("No click id");
  await page.screenshot({ path: "test-results/shots/deliveries-no-click-id.png" });
  await rows.first().getByRole("link").click();
  await expect(detail.getByText(/^cid went out empty: this click came without param_1/)).toBeVisible();
  await page.screenshot({ path: "test-results/shots/delivery-no-click-id.png" });
  await detail.getByRole("link", { name: "Build this campaign’s link" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Tracking links" })).toBeVisible();
  await page.goto("/");
  await expect(page.getByRole("link", { name: /of today’s clicks carr(y|ies) no param_1/ })).toBeVisible();
  await tracker.stop();
});

test("a bulk replay says what it sends, and leaves what was delivered", async ({ page, demo, request }) => {
  await signIn(page, demo);
  const { link, integration } = route(demo);
  // 404 fails, and so does 204: only 200 is a success here.
  const tracker = await startTracker((n) => [404, 204][n - 1] ?? 200);
  await page.goto(`/postbacks/new?campaign=${encodeURIComponent(link.campaignId ?? "")}&goal=kyc`);
  await page.getByRole("button", { name: "Enter manually" }).click();
  // It says payouts of what pays nothing: the doctor names it before it is saved.
  await page
    .getByRole("textbox", { name: "URL" })
    .fill(`${tracker.url}/pb?cid={param_1}&payout={payout}&status={status}&id={conversion_id}`);
  await expect(page.locator('[data-code="NOTHING_PAID"]')).toBeVisible();
  await page.getByRole("textbox", { name: "Name" }).fill("Fails twice");
  await page.getByRole("button", { name: /Success rule/ }).click();
  await page.getByRole("option", { name: /^The status code must be/ }).click();
  await page.getByRole("textbox", { name: "Codes" }).fill("200");
  await page.getByRole("button", { name: "Create postback" }).click();
  await page.getByRole("link", { name: "Fails twice" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Fails twice" })).toBeVisible();
  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";

  const convert = async () => {
    const clicked = await click(request, link.url, { param_1: `bulk-${String(Date.now())}` });
    await report(request, integration, { goal: "kyc", click_id: clicked, player_id: `p-${clicked}` });
  };
  await page.goto(`/deliveries?postback=${id}`);
  const rows = page.getByRole("table", { name: /^Deliveries/ }).getByRole("row");
  await inTurn([1, 2, 3], async (n) => {
    await convert();
    await expect.poll(() => tracker.got.length).toBe(n);
  });
  await expect(rows.filter({ hasText: "Failed" })).toHaveCount(2);
  await expect(rows.filter({ hasText: "Delivered" })).toHaveCount(1);

  await page.getByRole("button", { name: "Replay 2 failed" }).click();
  const dialog = page.getByRole("dialog", { name: "Replay failed" });
  await expect(dialog.getByRole("list", { name: "Postbacks" })).toContainText("2Fails twice");
  await expect(dialog.getByRole("list", { name: "Reasons" }).getByRole("listitem")).toHaveCount(2);
  await expect(dialog.getByRole("checkbox", { name: /^Also send 1 that was delivered/ })).not.toBeChecked();
  await expectFitInBothForms(page, "bulk-replay");
  await dialog.getByRole("button", { name: "Replay 2 failed" }).click();
  await expect.poll(() => tracker.got.length).toBe(5);
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(rows.filter({ hasText: "Failed, replayed: delivered" })).toHaveCount(2);
  await expect(page.getByRole("button", { name: /^Replay \d+ failed$/ })).toHaveCount(0);
  await tracker.stop();
});

test("a tracking link is built, copied and works", async ({ page, demo, request }) => {
  await signIn(page, demo);
  await page.goto("/links");
  await page.getByLabel(/param_1/).fill("{subid}");
  await page.getByLabel("param_2").fill("e2e");
  const finished = page.getByRole("status").filter({ hasText: "/c/" });
  await expect(finished).toContainText("param_2=e2e");
  await page.getByRole("button", { name: "Copy the link" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/\/c\/\w+\?param_1=\{subid\}&param_2=e2e$/);
  const response = await request.get(copied, { maxRedirects: 0 });
  expect(response.status()).toBe(302);
  await page.screenshot({ path: "test-results/shots/links.png" });
});

test("a campaign is made", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto("/campaigns");
  await page.getByRole("button", { name: "New campaign" }).click();
  const name = `E2E ${String(Date.now())}`;
  await page.getByRole("dialog").getByLabel("Name").fill(name);
  await page.getByRole("combobox", { name: "Offer" }).click();
  await page.getByRole("option").first().click();
  await page.getByRole("button", { name: "Create campaign" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
});

test("an ended session is asked for over the page, and the form keeps its content", async ({
  page,
  demo,
  context,
}) => {
  await signIn(page, demo);
  const { password } = someone(demo, "affiliate");
  await page.goto("/postbacks/new?goal=ftd");
  await page.getByRole("button", { name: "Enter manually" }).click();
  await page.getByRole("textbox", { name: "URL" }).fill("https://track.example.com/pb?cid={param_1}");
  await expect(page.getByText("As it will be sent, with sample values")).toBeVisible();
  await context.clearCookies();
  await page.getByRole("button", { name: "Create tracker" }).click();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("textbox", { name: "URL" })).toHaveText(
    "https://track.example.com/pb?cid={param_1}",
  );
  await page.getByRole("button", { name: "Create tracker" }).click();
  await expect(page.getByText(/^Created .*: 1 goal/)).toBeVisible();
  await page.getByRole("link", { name: "FTD", exact: true }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete postback" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Postbacks" })).toBeVisible();
});

test("a token is made, works, and is revoked", async ({ page, demo, request }) => {
  await signIn(page, demo);
  await page.goto("/settings");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("E2E token");
  await page.getByRole("button", { name: "Create token" }).click();
  await page.getByRole("button", { name: "Copy the token" }).click();
  const token = await page.evaluate(() => navigator.clipboard.readText());
  const ask = () =>
    request.post("/graphql", {
      headers: { authorization: `Bearer ${token}` },
      data: { query: "{ viewer { user { email } } }" },
    });
  expect(await (await ask()).json()).toMatchObject({
    data: { viewer: { user: { email: someone(demo, "affiliate").email } } },
  });
  await page.getByRole("button", { name: "I have saved it" }).click();
  await page.getByRole("button", { name: "Revoke E2E token" }).click();
  await page.getByRole("button", { name: "Revoke token" }).click();
  await expect(page.getByText("Revoked E2E token")).toBeVisible();
  expect(JSON.stringify(await (await ask()).json())).not.toContain("@");
});

test("staff see every affiliate's deliveries, and whose they are", async ({ page, demo }) => {
  await signIn(page, demo, "manager");
  await page.goto("/campaigns");
  await expect(page.getByRole("columnheader", { name: "Affiliate and offer" })).toBeVisible();
  await page.goto("/deliveries");
  await expect(page.getByRole("row").nth(1)).toContainText("·");
});

test("the explorer asks the same API", async ({ page, demo }) => {
  await signIn(page, demo);
  await page.goto("/graphiql");
  // Its editors are fetched one by one. Until the last of them is there, its button does nothing, and does not say so.
  await expect(page.getByRole("region", { name: "Query Editor" })).toContainText("LatestDeliveries");
  await expect(page.locator(".result-window .CodeMirror")).toBeVisible();
  await page.getByRole("button", { name: /Execute query/ }).click();
  await expect(page.locator(".result-window")).toContainText('"AFFILIATE"');
  await page.screenshot({ path: "test-results/shots/graphiql.png" });
});
