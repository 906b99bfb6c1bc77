import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { ago, pick } from "@/test/basics";
import { goals, offers } from "@/test/catalogue";
import { open } from "@/test/render";
import { World } from "@/test/world";

const day = (clicks: number, payouts: { amount: string; currency: string }[]) => ({
  from: ago(4e7),
  to: ago(0),
  clicks,
  registrations: 3,
  ftds: 1,
  payouts,
});

function today(world: World, without: number, payouts: { amount: string; currency: string }[]): void {
  world.also = {
    homeNumbers: {
      timeZone: "UTC",
      today: day(12, payouts),
      yesterdaySoFar: day(9, [{ amount: "10.00", currency: "USD" }]),
      yesterday: day(20, []),
      clicksWithoutParam: without,
    },
  };
}

describe("today", () => {
  it("is asked for in the user's days, and leads to the clicks without the tracker's id", async () => {
    const world = new World(0);
    world.timeZone = "Asia/Tokyo";
    today(world, 1, []);
    const { user, path } = open("/", world);
    const link = await screen.findByRole("link", { name: "1 of today’s clicks carries no param_1" });
    expect(world.lastSent("HomeNumbers")).toEqual({ timeZone: "Asia/Tokyo" });
    await user.click(link);
    await waitFor(() => {
      expect(path()).toBe("/clicks?param=none");
    });
  });

  it("keeps currencies apart", async () => {
    const world = new World(0);
    today(world, 0, [
      { amount: "24.00", currency: "EUR" },
      { amount: "5.00", currency: "USD" },
    ]);
    open("/", world);
    expect(await screen.findByText("€24.00 + $5.00")).toBeInTheDocument();
    expect(screen.queryByText(/carry no param_1/)).not.toBeInTheDocument();
  });

  it("that cannot be fetched is asked for again, and the rest of the page stands meanwhile", async () => {
    const world = new World(2);
    world.failures.set("HomeNumbers", { message: "too slow" });
    const { user } = open("/", world);
    expect(await screen.findByText("The numbers could not be fetched")).toBeInTheDocument();
    expect(await screen.findByRole("table", { name: "Latest postbacks sent" })).toBeInTheDocument();
    world.failures.clear();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("1,648")).toBeInTheDocument();
  });
});

describe("what needs attention", () => {
  const alert = (world: World, id: string, more: object) => ({
    ...pick(world.alerts, 0),
    id,
    postback: null,
    ...more,
  });

  it("leads to where each cause is put right", async () => {
    const world = new World(0);
    const item = (id: string, more: object) => ({
      id,
      severity: "WARNING",
      message: `About ${id}.`,
      since: null,
      alert: null,
      postback: null,
      goal: null,
      link: null,
      campaigns: [],
      campaignCount: 0,
      ignoredAt: null,
      ...more,
    });
    const [first, second] = world.campaigns;
    world.also = {
      attention: {
        delivered: 0,
        failed: 0,
        waiting: 0,
        postbacks: 1,
        ignored: [],
        items: [
          item("unnamed", { postback: world.postbacks[2] }),
          item("one", { goal: goals[1], campaigns: [first], campaignCount: 1 }),
          item("many", { goal: goals[4], campaigns: [first, second], campaignCount: 7 }),
          item("link", { link: { ...offers[1]?.defaultLink, offer: offers[1] } }),
          item("param", {
            campaigns: [second],
            campaignCount: 1,
            alert: alert(world, "ALp", { kind: "CLICKS_WITHOUT_PARAM" }),
          }),
          item("none", { campaigns: [first], campaignCount: 1 }),
        ],
      },
    };
    open("/", world);
    const list = await screen.findByRole("list", { name: "Needs attention" });
    const where = within(list)
      .getAllByRole("link")
      .map((link) => [link.textContent, link.getAttribute("href")]);
    expect(where).toEqual([
      ["Deposit to pb.voltrack.example", "/postbacks/P3?tab=health"],
      ["KYC approved has no postback in Facebook Germany", "/postbacks/new?goal=kyc&campaign=C1"],
      ["CPA has no postback in 7 campaigns", "/postbacks/new?goal=cpa"],
      ["Default link of KickOff Sportsbook", "/links?offer=O2"],
      ["TikTok LatAm", "/links?campaign=C2"],
      ["Facebook Germany", "/postbacks/new?campaign=C1"],
    ]);
    expect(list).toHaveTextContent("Add one, or ignore the goal.");
    expect(list).toHaveTextContent("Facebook Germany, TikTok LatAm and 5 more: add one for all");
  });

  it("that cannot be ignored stays, and says why", async () => {
    const world = new World(0);
    world.failures.set("IgnoreAttention", { message: "The database is away." });
    const { user } = open("/", world);
    await user.click(await screen.findByRole("button", { name: "Ignore: CPA" }));
    expect(await screen.findByText("The database is away.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Ignore: CPA" })).toBeInTheDocument();
  });

  it("says how quiet it was, by what happened", async () => {
    const world = new World(0);
    const quiet = { items: [], ignored: [], delivered: 0, failed: 0, waiting: 0, postbacks: 2 };
    world.also = { attention: () => quiet };
    world.failures.set("Attention", { message: "too slow" });
    const { user } = open("/", world);
    expect(await screen.findByText("What needs attention could not be fetched")).toBeInTheDocument();
    world.failures.clear();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Nothing: no postback fired in the last 24 hours.")).toBeInTheDocument();
    quiet.delivered = 5;
    world.happen("alertChanged", world.alerts[0]);
    expect(
      await screen.findByText("Nothing: your tracker accepted every postback of the last 24 hours."),
    ).toBeInTheDocument();
    expect(screen.getByText("In 24 hours 5 delivered, 0 failed, 0 waiting.")).toBeInTheDocument();
  });
});

describe("the set-up", () => {
  it("says where each open step of the newest campaign is done", async () => {
    const world = new World(0);
    for (const step of world.checklist.steps) step.done = step.key === "MACROS_KNOWN";
    open("/", world);
    const list = await screen.findByRole("list", { name: "Checklist" });
    expect(screen.getByText("1 of 6 done")).toBeInTheDocument();
    expect(screen.getByRole("heading", { name: "Set up Facebook Germany" })).toBeInTheDocument();
    const hrefs = within(list)
      .getAllByRole("link")
      .map((link) => link.getAttribute("href"));
    expect(hrefs).toEqual(["/postbacks", "/postbacks", "/postbacks", "/links?campaign=C1", "/deliveries"]);
    expect(world.lastSent("SetupChecklist")).toEqual({ campaignId: "C1" });
  });

  it("without a campaign counts what is there, and goes with the first delivery", async () => {
    const world = new World(0);
    world.campaigns.length = 0;
    open("/", world);
    expect(await screen.findByText("2 of 3 done")).toBeInTheDocument();
    const list = screen.getByRole("list", { name: "Checklist" });
    expect(list).toHaveTextContent("Conversions are sent to your tracker.");
    expect(list).toHaveTextContent("A click was recorded.");
    expect(within(list).queryByRole("link")).not.toBeInTheDocument();
  });
});

it("staff have no set-up of their own on Home", async () => {
  const world = new World(0);
  world.role = "MANAGER";
  open("/", world);
  expect(await screen.findByText("1,648")).toBeInTheDocument();
  expect(screen.queryByRole("list", { name: "Checklist" })).not.toBeInTheDocument();
  expect(screen.queryByRole("heading", { name: "Needs attention" })).not.toBeInTheDocument();
});
