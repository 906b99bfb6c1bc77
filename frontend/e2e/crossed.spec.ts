import { click, expect, expectFitInBothForms, report, signIn, test } from "./test";

interface Answer {
  data: {
    crossedTrackers: { campaigns: { campaign: { id: string; name: string }; clickIds: string[] }[] }[];
    conversions: { edges: { node: { id: string } }[] };
  };
}

// The second affiliate's Voluum and Keitaro are both global: each is called with the click ids of the other.
test("crossed trackers are said with their count, and fixed by choosing campaigns", async ({
  page,
  demo,
  request,
}) => {
  const own = demo.users.find((user) => user.email.startsWith("jonas@"));
  if (!own) throw new Error("the demo data has no second affiliate");
  const ask = async (query: string) => {
    const response = await request.post("/graphql", {
      data: { query },
      headers: { authorization: `Bearer ${own.token}` },
    });
    return ((await response.json()) as Answer).data;
  };
  const { crossedTrackers } = await ask(
    "{ crossedTrackers { campaigns { clickIds campaign { id name } } } }",
  );
  const campaigns = crossedTrackers[0]?.campaigns ?? [];
  expect(campaigns.length).toBeGreaterThan(1);
  const poker = campaigns.find(({ campaign }) => campaign.name === "Poker night streams");
  if (!poker) throw new Error("the campaign of the second tracker is not crossed");

  await signIn(page, { ...demo, users: [own] });
  await page.goto("/");
  const item = page
    .getByRole("list", { name: "Needs attention" })
    .getByRole("listitem")
    .filter({ hasText: "Voluum and Keitaro get each other’s click ids" });
  await expect(item).toContainText(/[1-9]\d* postbacks of the last 30 days went to the wrong tracker\./);
  await expect(item.getByRole("button", { name: /^Ignore/ })).toHaveCount(0);
  await expectFitInBothForms(page, "crossed-home");

  await item.getByRole("button", { name: "Choose campaigns" }).click();
  const dialog = page.getByRole("dialog", { name: "Choose campaigns for each tracker" });
  await expect(dialog.getByRole("list", { name: "Campaigns" })).toBeVisible();
  await expect(dialog.getByText(poker.clickIds[0] ?? "", { exact: true })).toBeVisible();
  await expectFitInBothForms(page, "crossed-dialog");
  await page.setViewportSize({ width: 390, height: 844 });
  await expectFitInBothForms(page, "crossed-dialog-390");
  await dialog.getByRole("radio", { name: "It is on purpose" }).press("Space");
  await expectFitInBothForms(page, "crossed-purpose-390");
  await dialog.getByRole("radio", { name: "Choose campaigns" }).press("Space");
  await page.setViewportSize({ width: 1440, height: 900 });

  // With the keyboard alone.
  const choose = async (of: RegExp, tracker: string) => {
    await dialog.getByRole("button", { name: of }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("option", { name: tracker })).toBeVisible();
    await page.keyboard.type(tracker);
    await page.keyboard.press("Enter");
    await expect(dialog.getByRole("button", { name: of })).toContainText(tracker);
  };
  const chooseAll = async (left: typeof campaigns): Promise<void> => {
    const [first, ...rest] = left;
    if (!first) return;
    const { name } = first.campaign;
    await choose(new RegExp(`Tracker of ${name}`), first === poker ? "Keitaro" : "Voluum");
    await chooseAll(rest);
  };
  await dialog.getByRole("button", { name: "Save" }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("Choose its tracker.").first()).toBeVisible();
  await chooseAll(campaigns);
  await choose(/New campaigns/, "Voluum");
  await choose(/Default tracking links/, "Voluum");
  await dialog.getByRole("button", { name: "Save" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^Voluum has \d+ campaigns?, Keitaro has 1 campaign$/)).toBeVisible();
  await expect(item).toHaveCount(0);

  // A conversion of the campaign fires its own tracker alone.
  const link = demo.links.find(({ campaignId }) => campaignId === poker.campaign.id);
  const integration = demo.integrations.find((s) => s.offerId === link?.offerId && s.token !== "");
  if (!link || !integration) throw new Error("the campaign has no link, or its operator no token");
  const player = `crossed-${String(Date.now())}`;
  const clickId = await click(request, link.url, { param_1: "sulnxjt9ng1vu" });
  await report(request, integration, { click_id: clickId, goal: "registration", player_id: player });
  const { conversions } = await ask("{ conversions(first: 1) { edges { node { id } } } }");
  await page.goto(`/conversions/${conversions.edges[0]?.node.id ?? ""}`);
  const chain = page.getByRole("region", { name: "Conversion" });
  await expect(chain.getByText("It fired.")).toHaveCount(1);
  await expect(chain.getByText(/^\d+ postbacks considered, 1 fired$/)).toBeVisible();
  await expect(
    chain
      .getByText(/For another tracker: its clicks carry click ids of .*“Keitaro”.*, not of “Voluum”\./)
      .first(),
  ).toBeVisible();
  await expect(chain.getByRole("link", { name: "Campaigns of Voluum" }).first()).toBeVisible();
  await expectFitInBothForms(page, "crossed-chain");

  // The log can be narrowed to what the tracker got.
  await page.goto("/deliveries");
  await page.getByRole("button", { name: "Filter by tracker" }).click();
  await page.getByRole("menuitemradio", { name: "Keitaro" }).click();
  await expect(page).toHaveURL(/tracker=/);
  const log = page.getByRole("table", { name: /Deliveries/ });
  await expect(log.getByRole("row").nth(1)).toContainText("Keitaro");
  await expect(log.getByRole("row").filter({ hasText: "Voluum" })).toHaveCount(0);
  await expectFitInBothForms(page, "crossed-deliveries");
});
