import type { APIRequestContext, Locator, Page } from "@playwright/test";

import { pointer } from "./hands";
import type { Demo } from "./program";
import { click, expect, expectFitInBothForms, inTurn, report, route, someone, test } from "./test";

// The promise: two trackers, six campaigns and five goals are set up in under three minutes of page steps, and then each tracker is
// called for its own campaigns alone.

const most = 180;

/** What a step takes, in seconds. */
const pace = { press: 1.2, key: 0.3, word: 0.25 };

const words = (text: string) => text.split(/\s+/).filter((word) => word !== "").length;

/** Hands that count what their steps take: presses, keys, and the words that are read for them. */
function paced(page: Page, isPhone = false) {
  const hands = pointer(page, isPhone);
  let seconds = 0;
  const read = async (what: Locator) => {
    const shown = await what.first().evaluate((element) => {
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : undefined;
      return element.getAttribute("aria-label") ?? label ?? element.textContent;
    });
    seconds += words(shown) * pace.word;
  };
  const press = async (what: Locator) => {
    await read(what);
    seconds += pace.press;
    await hands.press(what);
  };
  return {
    seconds: () => seconds,
    /** What has to be read before one goes on. */
    read,
    press,
    tick: async (name: RegExp) => {
      await read(page.locator("label").filter({ has: page.getByRole("checkbox", { name }) }));
      seconds += pace.press;
      await hands.tick(name);
    },
    paste: async (where: Locator, text: string) => {
      seconds += pace.press + 2 * pace.key;
      await hands.paste(where, text);
    },
    type: async (where: Locator, text: string) => {
      await read(where);
      seconds += pace.press + text.length * pace.key;
      await hands.type(where, text);
    },
    /** Types on where the keyboard stands already. */
    typeOn: async (text: string) => {
      seconds += text.length * pace.key;
      await page.keyboard.insertText(text);
    },
    choose: async (field: Locator, option: RegExp) => {
      await press(field);
      await press(page.getByRole("option", { name: option }));
    },
    find: async (field: Locator, text: string, option: RegExp) => {
      await press(field);
      seconds += text.length * pace.key;
      await page.keyboard.type(text);
      await press(page.getByRole("option", { name: option }).first());
    },
  };
}

type Paced = ReturnType<typeof paced>;

interface Answer {
  data: Record<string, unknown> | null;
  errors?: { message: string }[];
}

async function asked<Data>(
  request: APIRequestContext,
  query: string,
  variables: Record<string, unknown>,
): Promise<Data> {
  const answer = (await (await request.post("/graphql", { data: { query, variables } })).json()) as Answer;
  expect(answer.errors).toBeUndefined();
  return answer.data as Data;
}

async function enter(request: APIRequestContext, email: string, password: string): Promise<void> {
  const query = "mutation($input: SignInInput!) { signIn(input: $input) { userErrors { message } } }";
  expect(await asked(request, query, { input: { email, password } })).toEqual({ signIn: { userErrors: [] } });
}

/** Signs the page in as the first user of an affiliate that has nothing yet. */
async function freshAffiliate(page: Page, demo: Demo, name: string): Promise<void> {
  const admin = someone(demo, "admin");
  await enter(page.request, admin.email, admin.password);
  const { createAffiliate } = await asked<{ createAffiliate: { affiliate: { id: string } } }>(
    page.request,
    "mutation($input: CreateAffiliateInput!) { createAffiliate(input: $input) { affiliate { id } userErrors { message } } }",
    { input: { name } },
  );
  const email = `${name.toLowerCase().replaceAll(/\W+/g, "-")}@setup.example`;
  const { createUser } = await asked<{ createUser: { password: string } }>(
    page.request,
    "mutation($input: CreateUserInput!) { createUser(input: $input) { password userErrors { message } } }",
    { input: { email, role: "AFFILIATE", affiliateId: createAffiliate.affiliate.id } },
  );
  await enter(page.request, email, createUser.password);
}

const urls = {
  Keitaro: "https://keitaro.example/4f1c2ab/postback?subid=REPLACE&status=REPLACE&payout=REPLACE&tid=REPLACE",
  Binom: "https://binom.example/click.php?cnv_id=REPLACE&payout=REPLACE&cnv_status=REPLACE",
};

const campaigns = {
  Keitaro: ["FB DE", "FB BR", "FB CA"],
  Binom: ["Push 1", "Push 2", "Push 3"],
};

const owners = ["Keitaro", "Binom"] as const;
type Owner = (typeof owners)[number];

const five = ["Registration", "KYC approved", "FTD", "Deposit", "CPA"];

async function setUpTracker(page: Page, hands: Paced, owner: Owner): Promise<void> {
  await hands.paste(page.getByLabel("Your tracker's postback URL"), urls[owner]);
  const said = page.getByText(new RegExp(`${owner}.*: `)).first();
  await hands.read(said);
  await hands.press(page.getByRole("button", { name: "Accept" }));
  const goals = page.getByRole("group", { name: "Goals" });
  await expect(goals.getByRole("checkbox", { name: /^FTD/ })).toBeChecked();
  await inTurn(five, async (goal) => {
    const box = goals.getByRole("checkbox", { name: new RegExp(`^${goal}`) });
    if (!(await box.isChecked())) await hands.tick(new RegExp(`^${goal}`));
  });
  // It is ticked because it pays; this affiliate leaves it out.
  await hands.press(page.locator("label").filter({ has: page.getByRole("checkbox", { name: /^NGR/ }) }));
  await expect(goals.getByRole("checkbox", { checked: true })).toHaveCount(five.length);
}

const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

async function makeCampaigns(page: Page, hands: Paced, offer: string): Promise<Record<Owner, string>> {
  await hands.press(page.getByRole("button", { name: "New campaign" }).last());
  const dialog = page.getByRole("dialog", { name: "New campaign" });
  await hands.find(
    dialog.getByRole("combobox", { name: "Offer" }),
    offer.slice(0, 4),
    new RegExp(`^${offer}`),
  );
  const links: Record<Owner, string> = { Keitaro: "", Binom: "" };
  await inTurn(owners, async (owner) => {
    const tracker = dialog.getByRole("button", { name: /Tracker$/ });
    // The tracker with all campaigns is chosen already.
    if (owner === "Keitaro") await expect(tracker).toContainText("Keitaro");
    else await hands.choose(tracker, /^Binom/);
    await inTurn(campaigns[owner].entries(), async ([i, name]) => {
      // After one was made, the keyboard stands in the empty field.
      if (i === 0) await hands.type(dialog.getByLabel("Name"), name);
      else {
        await expect(dialog.getByLabel("Name")).toBeFocused();
        await hands.typeOn(name);
      }
      await hands.press(dialog.getByRole("button", { name: "Create another" }));
      await expect(dialog.getByRole("list", { name: "Created" }).getByText(name)).toBeVisible();
    });
    await hands.press(
      dialog.getByRole("button", { name: `Copy the link of ${campaigns[owner][0] ?? ""}`, exact: true }),
    );
    links[owner] = await copied(page);
  });
  await expectFitInBothForms(page, "tracker-setup-campaigns-made");
  await hands.press(dialog.getByRole("button", { name: "Close" }).first());
  await expect(dialog).toHaveCount(0);
  // The mouse rests on what was under the dialog: its tip is nothing of the page.
  await page.mouse.move(0, 0);
  await expect(page.getByRole("tooltip")).toHaveCount(0);
  return links;
}

interface Made {
  name: string;
  link: { url: string };
  trackers: { name: string }[];
}

/** A player of a campaign registers; gives back the value of param_1 that the click carried. */
async function convert(
  request: APIRequestContext,
  campaign: Made,
  integration: { key: string; token: string },
): Promise<string> {
  const param = `${campaign.name.replace(" ", "-").toLowerCase()}-${String(Date.now())}`;
  const id = await click(request, campaign.link.url, { param_1: param });
  await report(request, integration, { goal: "registration", click_id: id, player_id: `p-${id}` });
  return param;
}

interface Traced {
  conversionTrace: {
    deliveries: { host: string }[];
    considered: { reason: string; postback: { tracker: { name: string } } }[];
  };
}

/** Fails unless a conversion's own tracker alone was called, and the other says that it is for another. */
async function expectOwn(request: APIRequestContext, param: string, owner: Owner): Promise<string> {
  const other = owner === "Keitaro" ? "Binom" : "Keitaro";
  const { conversions } = await asked<{
    conversions: { edges: { node: { id: string; conversionId: string } }[] };
  }>(
    request,
    'query($search: String!) { conversions(filter: { search: $search, goals: ["registration"] }) { edges { node { id conversionId } } } }',
    { search: param },
  );
  expect(conversions.edges).toHaveLength(1);
  const { id = "", conversionId = "" } = conversions.edges[0]?.node ?? {};
  const { conversionTrace } = await asked<Traced>(
    request,
    "query($id: ID!) { conversionTrace(conversionId: $id) { deliveries { host } considered { reason postback { tracker { name } } } } }",
    { id },
  );
  expect(conversionTrace.deliveries.map(({ host }) => host)).toEqual([`${owner.toLowerCase()}.example`]);
  const about = conversionTrace.considered
    .filter(({ postback }) => postback.tracker.name.startsWith(other))
    .map(({ reason }) => reason)
    .filter((reason) => reason.startsWith("For another tracker: "));
  expect(about).not.toHaveLength(0);
  return conversionId;
}

test("two trackers, six campaigns and five goals in under three minutes, and each is called for its own", async ({
  page,
  demo,
  request,
}) => {
  test.slow(); // seven pages are looked at in both forms
  const { integration } = route(demo);
  await freshAffiliate(page, demo, `Two trackers ${String(Date.now())}`);
  const { offers } = await asked<{ offers: { edges: { node: { id: string; name: string } }[] } }>(
    page.request,
    "{ offers(first: 100) { edges { node { id name } } } }",
    {},
  );
  const offer = offers.edges.find(({ node }) => node.id === integration.offerId)?.node.name ?? "";
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1, name: "Home" })).toBeVisible();
  const hands = paced(page);
  const goTo = (name: string) => hands.press(page.getByRole("link", { name, exact: true }).first());

  // Keitaro, which has all campaigns; then Binom, for chosen ones, and the page says why.
  await goTo("Postbacks");
  await hands.press(page.locator('main a[href="/postbacks/new"]').first());
  await expect(page.getByRole("heading", { level: 1, name: "New tracker" })).toBeVisible();
  await setUpTracker(page, hands, "Keitaro");
  await expectFitInBothForms(page, "tracker-setup-keitaro");
  await hands.press(page.getByRole("button", { name: "Create tracker" }));
  await expect(page.getByText("Created Keitaro: 5 goals to keitaro.example")).toBeVisible();
  await hands.press(page.getByRole("button", { name: "New tracker" }));
  await setUpTracker(page, hands, "Binom");
  const why = page.getByText("Keitaro has all campaigns: each click carries the click id of one tracker.");
  await hands.read(why);
  await expect(page.getByRole("button", { name: /^Chosen campaigns/ })).toBeVisible();
  await expectFitInBothForms(page, "tracker-setup-binom");
  await hands.press(page.getByRole("button", { name: "Create tracker" }));
  await expect(page.getByText(/^Created Binom.*: 5 goals to binom\.example/)).toBeVisible();
  await expect(page.getByText(/^No campaign has Binom.* yet/)).toBeVisible();
  await expectFitInBothForms(page, "tracker-setup-made");

  // Six campaigns in a row, and a link of each tracker's, with its own token.
  await hands.press(page.getByRole("main").getByRole("link", { name: "Campaigns" }));
  const links = await makeCampaigns(page, hands, offer);
  expect(links.Keitaro).toMatch(/\?param_1=\{subid\}$/);
  expect(links.Binom).toMatch(/\?param_1=\{clickid\}$/);
  const took = hands.seconds();
  test.info().annotations.push({ type: "tracker setup", description: `${took.toFixed(1)} s of page steps` });
  process.stdout.write(`tracker setup: ${took.toFixed(1)} s of page steps\n`);
  expect(took).toBeLessThan(most);

  await expect(page.getByRole("row", { name: /^Push 2.*Binom/ })).toBeVisible();
  await expectFitInBothForms(page, "tracker-setup-campaigns");

  // One player of each campaign.
  const made = await asked<{ campaigns: { edges: { node: Made }[] } }>(
    page.request,
    "{ campaigns(first: 50) { edges { node { name link { url } trackers { name } } } } }",
    {},
  );
  expect(made.campaigns.edges).toHaveLength(6);
  const chains: string[] = [];
  await inTurn(made.campaigns.edges, async ({ node }) => {
    const owner = campaigns.Keitaro.includes(node.name) ? "Keitaro" : "Binom";
    expect(node.trackers.map(({ name }) => name.split(" ")[0])).toEqual([owner]);
    const param = await convert(request, node, integration);
    chains.push(await expectOwn(page.request, param, owner));
  });

  // The chain says it on the page too.
  await page.goto(`/conversions?q=${chains[0] ?? ""}`);
  await page
    .getByRole("table", { name: /Conversions/ })
    .getByRole("link")
    .first()
    .click();
  await expect(page.getByText(/For another tracker: its clicks carry click ids of/).first()).toBeVisible();
  await archiveAll(page.request);
});

/** So that nothing of them is tried again in other stories. */
async function archiveAll(request: APIRequestContext): Promise<void> {
  const { trackers } = await asked<{ trackers: { edges: { node: { id: string } }[] } }>(
    request,
    "{ trackers { edges { node { id } } } }",
    {},
  );
  await inTurn(trackers.edges, async ({ node }) => {
    await asked(
      request,
      "mutation($input: ArchiveTrackerInput!) { archiveTracker(input: $input) { userErrors { message } } }",
      { input: { id: node.id } },
    );
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a second tracker takes a campaign of the first, and another one is moved on its page", async ({
    page,
    demo,
  }) => {
    const { integration } = route(demo);
    await freshAffiliate(page, demo, `Thumb ${String(Date.now())}`);
    await asked(
      page.request,
      "mutation($input: CreateTrackerInput!) { createTracker(input: $input) { userErrors { message } } }",
      {
        input: {
          name: "Keitaro",
          urlTemplate: "https://keitaro.example/4f1c2ab/postback?subid={param_1}&tid={conversion_id}",
          goals: [{ goal: "ftd" }],
        },
      },
    );
    await inTurn(["FB DE", "Push 1"], async (name) => {
      await asked(
        page.request,
        "mutation($input: CreateCampaignInput!) { createCampaign(input: $input) { userErrors { message } } }",
        { input: { name, offerId: integration.offerId } },
      );
    });
    const hands = paced(page, true);
    await page.goto("/postbacks/new");
    await setUpTracker(page, hands, "Binom");
    await hands.tick(/^Push 1/);
    await expect(page.getByText("Moves here from Keitaro", { exact: true })).toBeVisible();
    await page.getByText(/^Keitaro has all campaigns/).scrollIntoViewIfNeeded();
    await expectFitInBothForms(page, "tracker-setup-phone-form");
    await hands.press(page.getByRole("button", { name: "Create tracker" }));
    await expect(page.getByText(/^Created Binom/)).toBeVisible();
    await expect(page.getByRole("list", { name: "Links" })).toContainText("param_1={clickid}");
    await expectFitInBothForms(page, "tracker-setup-phone-made");

    await page.goto("/campaigns");
    await hands.press(page.getByRole("link", { name: "FB DE", exact: true }));
    await expect(page.getByText("With the tokens of Keitaro.")).toBeVisible();
    await hands.choose(page.getByRole("button", { name: /Tracker of this campaign$/ }), /^Binom/);
    await expect(
      page.getByText(/^Conversions of this campaign go to Binom.*, no longer to Keitaro/),
    ).toBeVisible();
    await expectFitInBothForms(page, "tracker-setup-phone-campaign");
    await hands.press(page.getByRole("button", { name: "Change tracker" }));
    await expect(page.getByText(/^With the tokens of Binom/)).toBeVisible();

    await hands.press(page.getByRole("link", { name: "Add params" }));
    await expect(page.getByRole("button", { name: /Your tracker$/ })).toContainText("Binom");
    await expect(page.getByRole("status").filter({ hasText: "/c/" })).toContainText("{clickid}");
    await expectFitInBothForms(page, "tracker-setup-phone-link");
    await archiveAll(page.request);
  });
});
