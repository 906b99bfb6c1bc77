import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { APIRequestContext, Browser, Locator, Page } from "@playwright/test";

import { type Hands, keyboard, pointer } from "./hands";
import { binary, type Running, startProgram } from "./program";
import { click, expect, expectFit, inTurn, test as shared, watchFaults } from "./test";
import { startTracker, type Tracker } from "./tracker";

// A network from nothing: an empty database and its first admin, up to the first conversion that an affiliate sees arrive at its
// tracker. Whoever sets it up follows only what the pages offer.

/** A program of its own, without demo data. */
const test = shared.extend<{ fresh: Running; tracker: Tracker }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright wants the pattern of a fixture that needs no other
  fresh: async ({}, give) => {
    const program = await startProgram("setup", [], '"listening"');
    await give(program);
    await program.stop();
  },
  baseURL: async ({ fresh }, give) => {
    await give(fresh.url);
  },
  // eslint-disable-next-line no-empty-pattern -- see above
  tracker: async ({}, give) => {
    const tracker = await startTracker();
    await give(tracker);
    await tracker.stop();
  },
});

/** Somebody at the app, with a browser of his own. */
interface Person {
  page: Page;
  hands: Hands;
  /** Goes to a page by its name. */
  goTo: (name: string) => Promise<void>;
  /** Looks at the page as it stands. */
  look: (name: string) => Promise<void>;
}

interface Device {
  name: string;
  hands: (page: Page) => Hands;
}

function person(page: Page, device: Device): Person {
  const hands = device.hands(page);
  return {
    page,
    hands,
    goTo: async (name) => {
      const named = (within: Locator) =>
        within.getByRole("link", { name, exact: true }).locator("visible=true");
      const bar = named(page.getByRole("navigation"));
      if ((await bar.count()) > 0) return hands.press(bar.first());
      await hands.press(page.getByRole("button", { name: "More" }));
      return hands.press(named(page.getByRole("dialog")));
    },
    look: async (name) => {
      await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
      await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
      // The keyboard's pages are the mouse's, which are looked at already.
      if (device.name !== "keyboard") await expectFit(page, `setup-${device.name}-${name}`);
    },
  };
}

const titled = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name });

/** What an empty page offers to go on with. */
const offered = (page: Page, name: string) => page.getByRole("main").getByRole("button", { name }).last();

async function signIn({ page, hands, look }: Person, email: string, password: string): Promise<void> {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Sign in to Postrider" })).toBeVisible();
  await look("sign-in");
  await hands.type(page.getByLabel("E-mail"), email);
  await hands.type(page.getByLabel("Password"), password);
  await hands.press(page.getByRole("button", { name: "Sign in", exact: true }));
  await expect(titled(page, "Home")).toBeVisible();
}

/** Goes on from home by the next step that its checklist names. */
async function nextStep(
  { page, hands, goTo }: Person,
  step: string,
  done: number,
  of: number,
): Promise<void> {
  if (!new URL(page.url()).pathname.match(/^\/$/)) await goTo("Home");
  await expect(page.getByText(`${String(done)} of ${String(of)} done`)).toBeVisible();
  await hands.press(page.getByRole("list", { name: "Checklist" }).getByRole("link", { name: step }));
}

async function makeOffer(admin: Person, site: string): Promise<void> {
  const { page, hands, look } = admin;
  await nextStep(admin, "Add offer", 0, 5);
  await expect(page.getByText("No offer yet")).toBeVisible();
  await look("no-offer");
  await hands.press(offered(page, "New offer"));
  const dialog = page.getByRole("dialog", { name: "New offer" });
  await hands.type(dialog.getByLabel("Name"), "Lucky Anchor");
  await hands.type(dialog.getByLabel("Operator"), "Anchor Gaming");
  await hands.type(dialog.getByLabel("Destination"), `${site}/join?cid={click_id}`);
  await hands.tick(/^FTD/);
  await look("new-offer");
  await hands.press(dialog.getByRole("button", { name: "Create offer" }));
  await expect(titled(page, "Lucky Anchor")).toBeVisible();

  await hands.press(page.getByRole("button", { name: "New landing page" }));
  const landing = page.getByRole("dialog", { name: "New landing page" });
  await hands.type(landing.getByLabel("Name"), "Welcome bonus");
  await hands.type(landing.getByLabel("Key"), "welcome");
  await hands.type(landing.getByLabel("URL"), `${site}/welcome?cid={click_id}`);
  await hands.press(landing.getByRole("button", { name: "Save" }));
  await expect(landing).toHaveCount(0);
  await expect(page.getByRole("table", { name: "Landing pages" })).toContainText("Welcome bonus");
  // Both destinations are tried by themselves.
  await expect(page.getByText(/^Answered 200 at/)).toHaveCount(2);
  await look("offer-without-deal");
}

async function makeDeal(admin: Person): Promise<void> {
  const { page, hands, look } = admin;
  await nextStep(admin, "Add deal", 1, 5);
  await expect(titled(page, "Lucky Anchor")).toBeVisible();
  await hands.press(page.getByRole("button", { name: "New deal" }));
  const dialog = page.getByRole("dialog", { name: "New deal" });
  await hands.type(dialog.getByLabel("Per qualified player"), "120");
  await look("new-deal");
  await hands.press(dialog.getByRole("button", { name: "Create deal" }));
  await expect(page.getByRole("table", { name: "Deals" })).toContainText("120.00");
  await look("offer");
}

/** What the operator is sent. */
interface HandedOver {
  url: string;
  token: string;
}

async function makeIntegration(admin: Person): Promise<HandedOver> {
  const { page, hands, look } = admin;
  await nextStep(admin, "Add integration", 2, 5);
  await expect(page.getByText("No integration yet")).toBeVisible();
  await look("no-integration");
  await hands.press(offered(page, "New integration"));
  const dialog = page.getByRole("dialog", { name: "New integration" });
  await hands.type(dialog.getByLabel("Name"), "Anchor server");
  await hands.find(dialog.getByRole("combobox", { name: "Offer" }), "Lucky Anchor");
  // The program is open on http here.
  await hands.turnOff(/^Start in test mode/);
  await hands.turnOff(/^Require HTTPS/);
  await look("new-integration");
  await hands.press(dialog.getByRole("button", { name: "Create integration" }));
  await expect(titled(page, "Anchor server")).toBeVisible();

  // The operator has words of its own.
  await hands.press(page.getByRole("button", { name: "Add to goal mapping" }));
  const words = page.getByRole("group", { name: "Goal mapping" });
  await hands.type(words.getByLabel("Operator's goal, row 1"), "FIRST_DEPOSIT");
  await hands.choose(words.getByRole("button", { name: /Ours, row 1/ }), /^FTD/);
  await hands.press(page.getByRole("button", { name: "Save integration" }));
  await expect(page.getByText("Saved Anchor server; applies from the next request")).toBeVisible();

  await hands.press(page.getByRole("button", { name: "Copy the URL" }));
  const url = await page.evaluate(() => navigator.clipboard.readText());
  await hands.press(page.getByRole("button", { name: "Show token" }));
  await hands.press(page.getByRole("button", { name: "Copy token" }));
  const token = await page.evaluate(() => navigator.clipboard.readText());
  await look("integration");
  return { url, token };
}

async function makeAffiliate(admin: Person): Promise<{ email: string; password: string }> {
  const { page, hands, look } = admin;
  await nextStep(admin, "Add affiliate", 3, 5);
  await expect(page.getByText("No affiliate yet")).toBeVisible();
  await look("no-affiliate");
  await hands.press(offered(page, "New affiliate"));
  const dialog = page.getByRole("dialog", { name: "New affiliate" });
  await hands.type(dialog.getByLabel("Name"), "North Star Media");
  await hands.press(dialog.getByRole("button", { name: "Create affiliate" }));
  // It opens, and says who is missing.
  const panel = page.getByRole("region", { name: "Affiliate", exact: true });
  await expect(panel.getByText("No users yet: nobody can sign in.")).toBeVisible();
  await look("affiliate-without-user");
  await hands.press(panel.getByRole("button", { name: "New user" }));
  const form = page.getByRole("dialog", { name: /^New user/ });
  const email = "nora@northstar.example";
  await hands.type(form.getByLabel("E-mail"), email);
  await hands.press(form.getByRole("button", { name: "Create user" }));
  const shown = page.getByRole("dialog", { name: "Password (shown once)" });
  await expect(shown).toContainText(new URL(page.url()).origin);
  await look("password");
  await hands.press(shown.getByRole("button", { name: "Copy password" }));
  const password = await page.evaluate(() => navigator.clipboard.readText());
  await hands.press(shown.getByRole("button", { name: "Close" }));
  await expect(shown).toHaveCount(0);
  return { email, password };
}

async function takeLink(affiliate: Person): Promise<string> {
  const { page, hands, look } = affiliate;
  await look("affiliate-home");
  await nextStep(affiliate, "Tracking link", 0, 3);
  await expect(titled(page, "Tracking links")).toBeVisible();
  await hands.choose(page.getByRole("button", { name: /Your tracker/ }), /^Keitaro/);
  await hands.choose(page.getByRole("button", { name: /Landing page/ }), /^Welcome bonus/);
  await expect(page.getByRole("status").filter({ hasText: "/c/" })).toContainText("lp=welcome");
  await look("link");
  await hands.press(page.getByRole("button", { name: "Copy the link" }));
  return page.evaluate(() => navigator.clipboard.readText());
}

async function makePostback(affiliate: Person, tracker: Tracker): Promise<void> {
  const { page, hands, look } = affiliate;
  await nextStep(affiliate, "New tracker", 0, 3);
  await hands.paste(
    page.getByLabel("Your tracker's postback URL"),
    `${tracker.url}/4f1c2ab/postback?subid=REPLACE&status=REPLACE&payout=REPLACE&currency=usd&tid=REPLACE`,
  );
  await expect(page.getByText(/Keitaro: all 4 placeholders mapped/)).toBeVisible();
  await look("recognised");
  await hands.press(page.getByRole("button", { name: "Accept" }));
  await expect(page.getByRole("checkbox", { name: /^FTD/ })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: /^CPA/ })).toBeChecked();
  await hands.press(page.getByRole("button", { name: "Simulate" }));
  // What each goal's card shows is what the tracker gets: nothing for a registration, the deal's for a CPA.
  await inTurn(
    [
      ["Registration", "0.00"],
      ["CPA", "120.00"],
    ] as const,
    async ([goal, payout]) => {
      const proof = page.getByRole("article", { name: `Simulation of ${goal}` });
      await hands.press(proof.getByRole("button", { name: "Fire test" }));
      await expect(proof.getByText("200", { exact: true })).toBeVisible();
      const got = tracker.got.at(-1);
      expect(got?.searchParams.get("payout")).toBe(payout);
      const shown = (await proof.innerText()).replaceAll(/\s/g, "");
      expect(shown).toContain(`${got?.pathname ?? ""}${got?.search ?? ""}`);
    },
  );
  await look("simulated");
  await hands.press(page.getByRole("button", { name: "Create tracker" }));
  await expect(page.getByText(/^Created Keitaro: \d goals/)).toBeVisible();
}

/** A player clicks and deposits, the operator reports it, and all who wait for it see it. */
async function firstConversion(
  { admin, affiliate, request }: { admin: Person; affiliate: Person; request: APIRequestContext },
  { link, operator, tracker }: { link: string; operator: HandedOver; tracker: Tracker },
): Promise<void> {
  await admin.goTo("Inbound log");
  await expect(admin.page.getByText("No requests yet")).toBeVisible();
  await admin.look("no-call");
  await affiliate.goTo("Deliveries");
  await expect(affiliate.page.getByText("Live", { exact: true })).toBeVisible();
  await affiliate.look("no-delivery");

  const url = new URL(link);
  const id = await click(request, `${url.origin}${url.pathname}`, { lp: "welcome", param_1: "kt-first" });
  const call = new URLSearchParams({
    goal: "FIRST_DEPOSIT",
    click_id: id,
    player_id: "p-1",
    amount: "50",
    token: operator.token,
  });
  const answer = await request.get(`${operator.url}?${call.toString()}`);
  expect(await answer.text()).toContain("recorded");
  const sent = affiliate.page.getByRole("row");
  await expect(sent.filter({ hasText: "CPA" })).toContainText("Delivered");
  await expect(sent.filter({ hasText: "FTD" })).toContainText("Delivered");
  await affiliate.look("delivered");
  const paid = tracker.got.filter((got) => got.searchParams.get("subid") === "kt-first");
  expect(paid.map((got) => got.searchParams.get("payout"))).toContain("120.00");

  const log = admin.page.getByRole("table", { name: "Inbound log" });
  await expect(log.getByText("Recorded").first()).toBeVisible();
  await admin.hands.press(log.getByRole("link").first());
  await expect(
    admin.page.getByRole("region", { name: "Call" }).getByText("FIRST_DEPOSIT").first(),
  ).toBeVisible();
  await admin.look("call");
}

/** Creates the first admin, as the README says. */
async function firstAdmin({ env }: Running): Promise<{ email: string; password: string }> {
  const email = "ada@network.example";
  const created = promisify(execFile)(binary, ["user", "create", "--email", email, "--role", "admin"], {
    env,
  });
  created.child.stdin?.end();
  const password = (await created).stdout.trim().split("\n").at(-1) ?? "";
  return { email, password };
}

async function setUp(
  device: Device,
  {
    page,
    browser,
    request,
    fresh,
    tracker,
  }: {
    page: Page;
    browser: Browser;
    request: APIRequestContext;
    fresh: Running;
    tracker: Tracker;
  },
): Promise<void> {
  test.slow(); // it is two dozen pages, each looked at
  const admin = person(page, device);
  const { email, password } = await firstAdmin(fresh);
  await signIn(admin, email, password);
  await admin.look("home");
  await makeOffer(admin, tracker.url);
  await makeDeal(admin);
  const operator = await makeIntegration(admin);
  const user = await makeAffiliate(admin);
  await admin.goTo("Home");
  await expect(page.getByText("4 of 5 done")).toBeVisible();
  await admin.look("home-waiting");

  const context = await browser.newContext();
  const own = await context.newPage();
  const faults = watchFaults(own, fresh.url);
  const affiliate = person(own, device);
  await signIn(affiliate, user.email, user.password);
  const link = await takeLink(affiliate);
  await makePostback(affiliate, tracker);
  await firstConversion({ admin, affiliate, request }, { link, operator, tracker });

  // Nothing is left to set up.
  await admin.goTo("Home");
  await expect(page.getByText(/^Nothing waits/)).toBeVisible();
  await expect(page.getByRole("list", { name: "Checklist" })).toHaveCount(0);
  await admin.look("home-set-up");
  await context.close();
  expect(faults).toEqual([]);
}

test("a network is set up from nothing, with a mouse", async ({ page, browser, request, fresh, tracker }) => {
  await setUp(
    { name: "mouse", hands: (page) => pointer(page, false) },
    { page, browser, request, fresh, tracker },
  );
});

test("a network is set up from nothing, with the keyboard alone", async ({
  page,
  browser,
  request,
  fresh,
  tracker,
}) => {
  await setUp({ name: "keyboard", hands: keyboard }, { page, browser, request, fresh, tracker });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a network is set up from nothing, with a thumb", async ({
    page,
    browser,
    request,
    fresh,
    tracker,
  }) => {
    await setUp(
      { name: "phone", hands: (page) => pointer(page, true) },
      { page, browser, request, fresh, tracker },
    );
  });
});
