import { click, expect, expectFitInBothForms, route, signIn, someone, test } from "./test";

// The affiliate manager's day: a new operator's integration to its first conversion, one that came without its click fixed, and a
// reversal that the affiliate's tracker sees.

interface Answer {
  result: string;
  conversion_id?: string;
}

const staffPages = [
  "received",
  "unattributed",
  "clashes",
  "conversions",
  "offers",
  "goals",
  "integrations",
  "affiliates",
  "rates",
  "audit",
  "engine",
];

test("a new integration, its first conversion, an unattributed one fixed, a reversal seen", async ({
  page,
  demo,
  request,
}) => {
  const { link } = route(demo);
  const owner = demo.users.find((user) => user.email === link.email);
  const asOwner = { authorization: `Bearer ${owner?.token ?? ""}` };
  const ask = async (query: string, variables: Record<string, unknown>) => {
    const response = await request.post("/graphql", { data: { query, variables }, headers: asOwner });
    return (await response.json()) as { data: Record<string, unknown> };
  };
  // The affiliate's tracker hears of what is approved, and of what is rejected.
  const { data } = await ask(`{ viewer { echoUrl } }`, {});
  const { echoUrl } = data["viewer"] as { echoUrl: string };
  await ask(
    `mutation($input: CreatePostbackInput!) { createPostback(input: $input) { userErrors { message } } }`,
    {
      input: {
        scope: "CAMPAIGN",
        campaignId: link.campaignId,
        goals: ["ftd"],
        statuses: ["APPROVED", "REJECTED", "CANCELLED"],
        urlTemplate: `${echoUrl}?cid={param_1}&status={status}&was={previous_status}&why={reason}`,
      },
    },
  );
  const heard = async () => {
    const answer = await ask(`{ echoRequests(first: 50) { edges { node { url } } } }`, {});
    return JSON.stringify(answer.data);
  };

  // A new integration, from nothing to what is handed over.
  await signIn(page, demo, "manager");
  const name = `E2E operator ${String(Date.now())}`;
  await page.goto("/staff/integrations");
  await page.getByRole("button", { name: "New integration" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("combobox", { name: "What the operator runs" }).fill("Gambling");
  await page.getByRole("option", { name: "Gambling.pro" }).click();
  await expect(dialog.getByRole("list", { name: "Goal mapping" })).toContainText("first_dep → ftd");
  await dialog.getByLabel("Name").fill(name);
  const key = await dialog.getByLabel("Key in the URL").inputValue();
  const offer = await ask(`query($id: ID!) { node(id: $id) { ... on Offer { name } } }`, {
    id: link.offerId,
  });
  const { name: offerName } = offer.data["node"] as { name: string };
  await dialog.getByRole("combobox", { name: "Offer" }).fill(offerName);
  await page.getByRole("option", { name: offerName }).first().click();
  // The program is open on http here: less than https is asked for with a warning.
  await dialog.getByText("Require HTTPS").click();
  await expect(dialog.getByText(/the token goes over the wire as it is/u)).toBeVisible();
  await expectFitInBothForms(page, "staff-new-integration");
  await dialog.getByRole("button", { name: "Create integration" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText("The first request appears here automatically.")).toBeVisible();

  // What is handed over is called as the platform fills it in: in test mode first, then for good.
  await page.getByRole("button", { name: "Reveal the token to copy" }).click();
  await page.getByRole("button", { name: "Copy the URL" }).first().click();
  const handed = await page.getByText("&goal={action}").first().innerText();
  const filled = async (action: string, clickId: string) => {
    const url = new URL(handed.replace("{action}", action).replace("{pid}", clickId).replace("{income}", ""));
    const response = await request.get(url.pathname + url.search);
    return (await response.json()) as Answer;
  };
  const tried = await click(request, link.url, { param_1: `tried-${key}` });
  expect(await filled("reg", tried)).toMatchObject({ result: "test" });
  const log = page.getByRole("table", { name: "Inbound log" });
  await expect(log.getByText("Test", { exact: true }).first()).toBeVisible();
  await page.getByText("Test mode", { exact: true }).last().click();
  await expect(page.getByText("Test mode is off: requests are recorded")).toBeVisible();
  await expect.poll(async () => (await filled("reg", tried)).result).toBe("recorded");
  await expect(log.getByText("Recorded", { exact: true }).first()).toBeVisible();
  await expectFitInBothForms(page, "staff-hand-over");
  await page.getByRole("button", { name: "Show token" }).click();
  const token = await page.getByRole("region", { name: "token", exact: true }).innerText();
  await page.screenshot({ path: "test-results/shots/staff-integration.png" });

  // Its first conversion appears by itself.
  const call = async (values: Record<string, string>) => {
    const query = new URLSearchParams({ ...values, token });
    const response = await request.get(`/postback/${key}?${query.toString()}`);
    return (await response.json()) as Answer;
  };
  const first = await click(request, link.url, { param_1: `first-${key}` });
  expect(await call({ goal: "ftd", click_id: first, transaction_id: "T1", amount: "25.50" })).toMatchObject({
    result: "recorded",
  });
  const arrived = page.getByRole("table", { name: "Inbound log" });
  await expect(arrived.getByText("Recorded", { exact: true }).first()).toBeVisible();
  await expect.poll(heard).toContain(`cid=first-${key}&status=approved`);

  // One comes back with its click id in another parameter: two clicks fix it.
  const lost = await click(request, link.url, { param_1: `lost-${key}` });
  expect(await call({ goal: "ftd", click_id: "{click_id}", sub2: lost, transaction_id: "T2" })).toMatchObject(
    {
      result: "unattributed",
    },
  );
  await page.goto("/staff/unattributed");
  const row = page.getByRole("row").filter({ hasText: name }).first();
  await expect(row.getByText("The click id came in the parameter sub2.")).toBeVisible();
  await page.screenshot({ path: "test-results/shots/staff-unattributed.png" });
  await row.getByRole("button").first().click();
  const attribution = page.getByRole("dialog", { name: "Attribute this conversion" });
  await expect(attribution.getByText(`T2`, { exact: true })).toBeVisible();
  await expect(attribution.getByRole("list", { name: "Postbacks that fire" })).toBeVisible();
  await expectFitInBothForms(page, "staff-attribution");
  await attribution.getByRole("button", { name: /^Attribute to / }).click();
  await expect(page.getByRole("row").filter({ hasText: name })).toHaveCount(0);
  await expect.poll(heard).toContain(`cid=lost-${key}&status=approved`);

  // It was a mistake: the tracker is told, the call waits again, and goes to the right click.
  await page.getByRole("region", { name: "Notifications" }).getByRole("button", { name: "Undo…" }).click();
  const undo = page.getByRole("dialog", { name: "Undo attribution" });
  await expect(undo.getByRole("list", { name: "Conversions taken back" }).getByRole("listitem")).toHaveCount(
    1,
  );
  await expect(undo.getByRole("list", { name: "Postbacks that fire" })).toBeVisible();
  await expectFitInBothForms(page, "staff-undo-attribution");
  await undo.getByLabel("Reason (optional)").fill("the wrong player");
  await undo.getByRole("button", { name: "Undo attribution" }).click();
  await expect(undo).toHaveCount(0);
  await expect
    .poll(heard)
    .toMatch(
      new RegExp(`cid=lost-${key}&status=cancelled&was=approved&why=Attributed[^"]*by[^"]*mistake`, "u"),
    );
  await expect(row.getByText("The click id came in the parameter sub2.")).toBeVisible();
  await row.getByRole("link").first().click();
  const chain = page.getByRole("region", { name: "Conversion" });
  await chain.getByRole("link", { name: "an attribution that was undone" }).click();
  await expect(chain.getByText("Attributed by mistake, taken back by the network")).toBeVisible();
  await expect(chain.getByRole("link", { name: "another conversion" })).toBeVisible();
  await page.screenshot({ path: "test-results/shots/staff-undone.png" });
  await page.goto("/staff/unattributed");
  await row.getByRole("button").first().click();
  await attribution.getByRole("button", { name: /^Attribute to / }).click();
  await expect(page.getByRole("row").filter({ hasText: name })).toHaveCount(0);
  await expect.poll(async () => (await heard()).split(`cid=lost-${key}&status=approved`).length - 1).toBe(2);

  // A reversal, from a file, with a preview; the tracker sees it.
  await page.goto("/staff/conversions");
  await page.getByLabel("Or paste CSV").fill("transaction_id,goal,status,reason\nT1,ftd,rejected,chargeback");
  await page.getByRole("button", { name: "Preview" }).click();
  const preview = page.getByRole("table", { name: "Preview of the import" });
  await expect(preview.getByText("from approved to rejected")).toBeVisible();
  await page.getByRole("button", { name: "Change 1 conversion" }).click();
  await expect.poll(heard).toContain(`cid=first-${key}&status=rejected&was=approved&why=chargeback`);

  // What an operator never reported is fired manually, for the value that a param had.
  await click(request, link.url, { param_1: `MYTEST123-${key}` });
  await page.getByLabel("Click id or param value").fill(`MYTEST123-${key}`);
  await page.getByRole("button", { name: /Goal/ }).first().click();
  await page.getByRole("option", { name: "FTD", exact: true }).click();
  await page.getByRole("button", { name: "Fire", exact: true }).click();
  await expect(page.getByText(/postbacks? fires?\./)).toBeVisible();
  await expect.poll(heard).toContain(`cid=MYTEST123-${key}&status=approved`);

  // And all of it is in the audit log.
  await page.goto("/staff/audit");
  const audit = page.getByRole("list", { name: "Audit log" });
  await expect(audit.getByText(/imported statuses: 1 of 1 lines changed a conversion/).first()).toBeVisible();
  await expect(
    audit.getByText(/undid the attribution of conversion .*: “the wrong player”/).first(),
  ).toBeVisible();
  await expect(audit.getByText(/fired a conversion \(ftd\) for click MYTEST123-/).first()).toBeVisible();
  await expect(audit.getByText(`read the token of integration “${name}”`)).toHaveCount(2);
  await expect(audit.getByText(token.trim())).toHaveCount(0);
});

test("the event dictionary prints whole, and nothing but it", async ({ page, demo }) => {
  await signIn(page, demo, "manager");
  await page.goto("/staff/goals");
  const goals = page.getByRole("table", { name: "Goals" });
  await expect(goals.getByText("NGR", { exact: true })).toBeVisible();
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("button")).toHaveCount(0);
  await expect(page.getByRole("navigation")).toHaveCount(0);
  // What scrolls on a screen would be cut off on paper.
  const hidden = await page
    .getByRole("main")
    .evaluate(
      (main) => getComputedStyle(main).overflowY !== "visible" || main.scrollHeight > main.clientHeight,
    );
  expect(hidden).toBe(false);
  const rows = await goals.getByRole("row").count();
  expect(rows).toBeGreaterThan(5);
  await expect(goals.getByRole("row").last()).toBeVisible();
});

test("staff look at an affiliate's pages as it sees them, always marked", async ({ page, demo }) => {
  await signIn(page, demo, "manager");
  const { affiliateId } = someone(demo, "affiliate");
  expect(affiliateId).not.toBeNull();
  await page.goto("/staff/affiliates");
  await page
    .getByRole("button", { name: /^View as / })
    .first()
    .click();
  await expect(page.getByText("This view is read-only.")).toBeVisible();
  await page.goto("/postbacks");
  await expect(page.getByText("This view is read-only.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Inbound log" })).toHaveCount(0);
  await page.screenshot({ path: "test-results/shots/staff-looking.png" });
  // What writes is disabled, and says why.
  await page.getByRole("list", { name: "Trackers" }).getByRole("link").first().click();
  const archive = page.getByRole("button", { name: "Archive" });
  await expect(archive).toBeDisabled();
  await expect(archive).toHaveAccessibleDescription(/^Viewing as .+ read-only\.$/);
  await page.goto("/campaigns");
  await expect(page.getByRole("button", { name: "New campaign" })).toBeDisabled();
  // A staff page, opened meanwhile, leads back to itself.
  await page.goto("/staff/audit");
  await expect(page.getByText("A page of the network’s staff")).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: "Back to staff pages" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Audit" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Inbound log" })).toBeVisible();
});

test("staff home says what waits, and leads there", async ({ page, demo, request }) => {
  const { link, integration } = route(demo);
  const nobody = await request.get(`/postback/${integration.key}?goal=ftd&token=wrong`);
  expect(nobody.status()).toBe(401);
  await click(request, link.url, {});
  await signIn(page, demo, "manager");
  await page.goto("/");
  const waiting = page.getByRole("list", { name: "Waiting for you" });
  await expect(waiting.getByRole("link", { name: /without param_1$/ }).first()).toBeVisible();
  await expect(waiting.getByRole("button", { name: "Copy message" }).first()).toBeVisible();
  // An affiliate's line leads to its own clicks.
  await waiting
    .getByRole("link", { name: /without param_1$/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/clicks\?affiliate=[^&]+&range=24h&param=none$/);
  await expect(page.getByRole("button", { name: /^Affiliate / })).not.toContainText("…");
  const clicks = page.getByRole("table", { name: /Clicks/ });
  await expect(clicks.getByRole("link").first()).toBeVisible();
  await page.goBack();
  await waiting
    .getByRole("link", { name: /refused: unauthorized$/ })
    .first()
    .click();
  const log = page.getByRole("table", { name: "Inbound log" });
  await log.getByRole("link").first().click();
  const panel = page.getByRole("region", { name: "Call" });
  await expect(panel.getByText("Unauthorized")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(page).toHaveURL(/result=unauthorized/);
});

test("nobody disables himself, and an affiliate's checklist names its manager", async ({ page, demo }) => {
  await signIn(page, demo, "admin");
  await page.goto("/staff/affiliates?of=staff");
  const { email } = someone(demo, "admin");
  const own = page.getByRole("listitem").filter({ hasText: email }).last();
  await expect(own.getByRole("button", { name: "Disable" })).toBeDisabled();
  await expect(own.getByText(/Nobody can disable himself/)).toBeVisible();
  await page.goto("/staff/affiliates");
  await page.getByRole("table", { name: "Affiliates" }).getByRole("link").first().click();
  const panel = page.getByRole("region", { name: "Affiliate" });
  await expect(panel.getByRole("button", { name: /Manager/ })).toContainText("Petra Novak");
});

// The list's first row opens: a page of its own, or a panel beside the list.
const opened: Record<string, "page" | "Call" | "Affiliate"> = {
  received: "Call",
  offers: "page",
  integrations: "page",
  affiliates: "Affiliate",
};

for (const width of [1440, 390]) {
  test(`the staff's pages are accessible and fit, ${String(width)} wide`, async ({ page, demo }) => {
    test.slow(); // it is a dozen pages
    await signIn(page, demo, "manager");
    await page.setViewportSize({ width, height: 900 });
    const fits = async (name: string) => {
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await expectFitInBothForms(page, `staff-${name}-${String(width)}`);
    };
    await page.goto("/");
    await expect(page.getByRole("list", { name: "Waiting for you" })).toBeVisible();
    await fits("home");
    for (const name of staffPages) {
      await page.goto(`/staff/${name}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await fits(name);
      const what = opened[name];
      if (what !== undefined) {
        await page.getByRole("table").getByRole("link").first().click();
        await expect(
          what === "page"
            ? page.getByRole("heading", { level: 2 }).first()
            : page.getByRole("region", { name: what }).getByRole("heading").nth(1),
        ).toBeVisible();
        await fits(`one-of-${name}`);
      }
    }
  });
}
