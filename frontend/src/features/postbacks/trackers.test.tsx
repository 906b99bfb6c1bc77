import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { open } from "@/test/render";
import { worldWithTrackers } from "@/test/trackers";

const row = async (name: string) => {
  const link = await screen.findByRole("link", { name });
  const item = link.closest("li");
  if (!item) throw new Error("no row");
  return within(item);
};

describe("the postbacks", () => {
  it("are a row a tracker: its goals, what is not sent, its campaigns and what waits", async () => {
    const { world } = worldWithTrackers(({ keitaro }) => {
      const [endpoint] = keitaro.endpoints;
      if (endpoint) Object.assign(endpoint, { circuit: "OPEN", sentence: "It is down.", waiting: 3 });
    });
    open("/postbacks", world);
    const keitaro = await row("Keitaro");
    const chips = within(keitaro.getByRole("list", { name: "Goals of Keitaro" })).getAllByRole("link");
    expect(chips.map((chip) => chip.textContent)).toEqual([
      "Registration",
      "FTDapproved, rejected",
      "Deposit offown URL",
    ]);
    expect(chips[1]).toHaveAttribute("href", "/postbacks/TR1ftd");
    expect(keitaro.getByRole("button", { name: "Switch on CPA for Keitaro" })).toBeInTheDocument();
    expect(keitaro.getByText("All campaigns, default tracking links")).toBeInTheDocument();
    expect(keitaro.getByText("track.northstar.example: It is down. 3 postbacks wait.")).toBeInTheDocument();
    const bot = await row("Sales bot");
    expect(bot.getByText(/shared with other trackers/)).toBeInTheDocument();
    expect(bot.queryByText("Not sent:")).not.toBeInTheDocument();
  });

  it("are switched on for a goal that nobody listens to", async () => {
    const { world, keitaro } = worldWithTrackers();
    const { user } = open("/postbacks", world);
    await user.click(await screen.findByRole("button", { name: "Switch on CPA for Keitaro" }));
    await screen.findByText("Keitaro is sent CPA from now on");
    expect(world.lastSent("UpdateTracker")).toEqual({
      input: { id: "TR1", goals: [{ goal: "cpa", enabled: true }] },
    });
    expect(keitaro.goals.some((g) => g.goal.key === "cpa" && g.enabled)).toBe(true);
    await waitFor(() => {
      expect(screen.queryByRole("button", { name: /Switch on CPA/ })).not.toBeInTheDocument();
    });
  });

  it("of one campaign or offer stand under their tracker, behind one line where they are many", async () => {
    const { world } = worldWithTrackers(({ keitaro, bot }) => {
      const [of] = keitaro.postbacks;
      if (!of) return;
      const scoped = (n: number) => ({
        ...of,
        id: `S${String(n)}`,
        name: `Team ${String(n)}`,
        scope: "CAMPAIGN" as const,
        campaign: { id: "C1", name: "Facebook Germany" } as never,
      });
      keitaro.postbacks.push(scoped(1));
      bot.postbacks.push(scoped(2), scoped(3), scoped(4), scoped(5));
    });
    const { user } = open("/postbacks", world);
    const one = within(await screen.findByRole("list", { name: /offer postbacks of Keitaro/ }));
    expect(one.getByRole("listitem")).toHaveTextContent("Registration Facebook Germany only · Team 1");
    expect(one.getByRole("switch", { name: "Team 1 is on" })).toBeInTheDocument();
    const many = screen.getByText("4 campaign and offer postbacks");
    expect(many.closest("details")).not.toHaveAttribute("open");
    await user.click(many);
    expect(many.closest("details")).toHaveAttribute("open");
    expect(screen.getByRole("switch", { name: "Team 5 is on" })).toBeInTheDocument();
  });
});

describe("a tracker", () => {
  it("changes its domain in one field: every goal's URL is shown before, and saved at once", async () => {
    const { world, keitaro } = worldWithTrackers();
    const { user } = open("/trackers/TR1", world);
    const domain = await screen.findByLabelText("Domain");
    expect(domain).toHaveValue("track.northstar.example");
    await user.clear(domain);
    await user.type(domain, "new.northstar.example");
    const urls = screen.getByRole("list", { name: "URL of each goal" });
    await waitFor(() => {
      const items = within(urls).getAllByRole("listitem");
      expect(items.map((item) => item.querySelector("ins")?.textContent)).toEqual([
        "https://new.northstar.example/pb",
        "https://new.northstar.example/pb",
        "https://new.northstar.example/again",
      ]);
      expect(items[0]?.querySelector("del")).toHaveTextContent("https://track.northstar.example/pb");
    });
    expect(keitaro.urlTemplate).toContain("track.northstar.example");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText(/Saved as version 3/);
    expect(world.lastSent("UpdateTracker")).toEqual({
      input: { id: "TR1", version: 2, domain: "new.northstar.example", moveCampaigns: false },
    });
    expect(screen.queryByText("Unsaved changes")).not.toBeInTheDocument();
    expect(screen.getByLabelText("Domain")).toHaveValue("new.northstar.example");
  });

  it("says at the domain what is wrong with it, as it is typed", async () => {
    const { user } = open("/trackers/TR1", worldWithTrackers().world);
    const domain = await screen.findByLabelText("Domain");
    await user.type(domain, " x");
    await waitFor(() => {
      expect(domain).toHaveAccessibleDescription(/Enter the domain alone/);
    });
  });

  it("switches goals, their statuses, events and URLs, and sends what was changed alone", async () => {
    const { world } = worldWithTrackers();
    const { user } = open("/trackers/TR1", world);
    const goals = within(await screen.findByRole("list", { name: "Goals" }));
    const names = (await goals.findAllByRole("switch")).map((s) => s.closest("label")?.textContent);
    expect(names[0]).toMatch(/^Registration/);
    expect(names[4]).toMatch(/^CPAPays \$120\.00 on Royal Reels Casino/);
    await user.click(await goals.findByRole("switch", { name: /^CPA/ }));
    await user.click(goals.getByRole("switch", { name: /^Registration/ }));
    const event = await goals.findByLabelText("Event sent for FTD");
    await user.clear(event);
    await user.type(event, "sale");
    await user.click(goals.getByRole("button", { name: "Statuses of FTD: Approved, Rejected" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "Rejected" }));
    await user.keyboard("{Escape}");
    await user.click(goals.getByRole("button", { name: "More for FTD" }));
    await user.click(await screen.findByRole("menuitem", { name: "Own URL for this goal" }));
    const own = screen.getByLabelText("URL for FTD");
    await user.clear(own);
    await user.click(own);
    await user.paste("https://track.northstar.example/ftd?c={param_1}");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText(/Saved as version 3/);
    expect(world.lastSent("UpdateTracker")).toMatchObject({
      input: {
        goals: [
          { goal: "registration", enabled: false },
          {
            goal: "ftd",
            enabled: true,
            statuses: ["APPROVED"],
            event: "sale",
            urlTemplate: "https://track.northstar.example/ftd?c={param_1}",
          },
          { goal: "cpa", enabled: true },
        ],
      },
    });
  });

  it("is refused another tracker's campaign, and moves it here when one says so", async () => {
    const { world } = worldWithTrackers();
    const { user } = open("/trackers/TR1", world);
    await user.click(await screen.findByRole("radio", { name: "Chosen campaigns" }));
    await user.click(await screen.findByRole("checkbox", { name: /^TikTok LatAm/ }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/is a campaign of “Voluum” already/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Move here" }));
    await screen.findByText(/Saved as version 3/);
    expect(world.lastSent("UpdateTracker")).toMatchObject({
      input: { allCampaigns: false, campaignIds: ["C2"], moveCampaigns: true },
    });
  });

  it("is kept from overwriting what somebody else saved, until one says so", async () => {
    const { world, keitaro } = worldWithTrackers();
    const { user } = open("/trackers/TR1", world);
    const name = await screen.findByLabelText("Name");
    await user.type(name, " EU");
    keitaro.version = 3;
    const [last] = keitaro.versions;
    if (last) {
      keitaro.versions.unshift({
        ...last,
        id: "TR1v3",
        number: 3,
        author: { ...last.author, id: "U9", email: "boris@northstar.example" },
      });
    }
    await user.click(screen.getByRole("button", { name: "Save" }));
    const conflict = await screen.findByRole("dialog", { name: "This tracker was changed meanwhile" });
    expect(conflict).toHaveTextContent("version 3 was saved by boris@northstar.example");
    await user.click(within(conflict).getByRole("button", { name: "Overwrite" }));
    await screen.findByText(/Saved as version 4/);
    expect(world.lastSent("UpdateTracker")).toMatchObject({ input: { version: 3, name: "Keitaro EU" } });
  });

  it("tests all goals that are on, one after the other, as they are in the form", async () => {
    const { world } = worldWithTrackers();
    const { user } = open("/trackers/TR1", world);
    const domain = await screen.findByLabelText("Domain");
    await user.clear(domain);
    await user.type(domain, "refused.example");
    await user.click(await screen.findByRole("switch", { name: /^CPA/ }));
    await user.click(screen.getByRole("tab", { name: "Test" }));
    const button = screen.getByRole("button", { name: "Test all goals" });
    await waitFor(() => {
      expect(button).toBeEnabled();
    });
    await user.click(button);
    expect(await screen.findByText("0 of 3 accepted")).toBeInTheDocument();
    const tests = within(screen.getByRole("list", { name: "Tests" })).getAllByRole("group");
    expect(tests).toHaveLength(3);
    expect(world.sent.get("TestPostback")?.map(({ input }) => (input as { goal: string }).goal)).toEqual([
      "registration",
      "ftd",
      "cpa",
    ]);
    expect(world.tests.every(({ url }) => url?.startsWith("https://refused.example/"))).toBe(true);
  });

  it("brings an older version into the form, to be saved", async () => {
    const { world, keitaro } = worldWithTrackers();
    const { user, path } = open("/trackers/TR1?tab=versions", world);
    const versions = within(await screen.findByRole("list", { name: "Versions" }));
    const [second] = versions.getAllByRole("listitem");
    expect(second?.querySelector("del")).toHaveTextContent("https://old.northstar.example/pb");
    await user.click(versions.getByRole("button", { name: "Restore" }));
    expect(path()).toBe("/trackers/TR1");
    expect(await screen.findByLabelText("Domain")).toHaveValue("old.northstar.example");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await screen.findByText(/Saved as version 3/);
    expect(keitaro.urlTemplate).toContain("https://old.northstar.example/");
  });

  it("is archived only after it was said what that means", async () => {
    const { world, keitaro } = worldWithTrackers();
    const { user } = open("/trackers/TR1", world);
    await user.click(await screen.findByRole("button", { name: "Archive" }));
    const dialog = await screen.findByRole("dialog", { name: "Archive tracker" });
    expect(dialog).toHaveTextContent("It is no longer called: 3 postbacks are deleted");
    await user.click(within(dialog).getByRole("button", { name: "Archive tracker" }));
    await screen.findByRole("button", { name: "Restore" });
    expect(keitaro.archivedAt).not.toBeNull();
    // It is found among the archived ones, and comes back.
    await user.click(within(screen.getByRole("main")).getByRole("link", { name: "Postbacks" }));
    await user.click(await screen.findByRole("radio", { name: "Archived" }));
    await user.click(
      within(await screen.findByRole("table", { name: "Archived trackers" })).getByRole("link", {
        name: "Keitaro",
      }),
    );
    await user.click(await screen.findByRole("button", { name: "Restore" }));
    await screen.findByRole("button", { name: "Archive" });
    expect(keitaro.archivedAt).toBeNull();
  });

  it("leads to its deliveries and says how its servers do; a postback leads back to it", async () => {
    const { world } = worldWithTrackers(({ keitaro }) => {
      const [postback] = keitaro.postbacks;
      if (postback) Object.assign(postback, { tracker: keitaro });
    });
    const { user } = open("/trackers/TR1?tab=health", world);
    expect(
      await screen.findByRole("heading", { name: "All its postbacks, last 24 hours" }),
    ).toBeInTheDocument();
    expect(screen.getByText("Deliveries go out as usual.")).toBeInTheDocument();
    await user.click(screen.getByRole("tab", { name: "Deliveries" }));
    expect(await screen.findByText("It has not fired yet")).toBeInTheDocument();
  });

  it("is named by the page of one of its postbacks", async () => {
    const { world } = worldWithTrackers(({ keitaro }) => {
      const [postback] = keitaro.postbacks;
      if (postback) Object.assign(postback, { tracker: keitaro });
    });
    open("/postbacks/TR1registration", world);
    expect(await screen.findByRole("link", { name: "Keitaro" })).toHaveAttribute("href", "/trackers/TR1");
  });

  it("is found by its name, and stands among the postbacks", async () => {
    const { world } = worldWithTrackers();
    const { user, path } = open("/settings", world);
    await screen.findByRole("heading", { level: 1, name: "Settings" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: /^Search pages/ }), "sales bot");
    await user.click(await screen.findByRole("option", { name: /Sales bot.*Tracker$/ }));
    await waitFor(() => {
      expect(path()).toBe("/trackers/TR2");
    });
    const [rail] = screen.getAllByRole("navigation", { name: "Pages" });
    if (!rail) throw new Error("no rail");
    expect(within(rail).getByRole("link", { name: "Postbacks" })).toHaveAttribute("data-status", "active");
  });

  it("names the postbacks that wait, and why", async () => {
    const { world } = worldWithTrackers(({ keitaro }) => {
      const [, postback] = keitaro.postbacks;
      if (postback) Object.assign(postback, { name: "Old server", holdReason: "GONE" });
    });
    open("/trackers/TR1", world);
    const link = await screen.findByRole("link", { name: "FTD, Old server" });
    expect(link).toHaveAttribute("href", "/postbacks/TR1ftd");
    expect(link.parentElement).toHaveTextContent(/Waiting: your tracker answers 410 Gone/);
  });

  it("that is archived keeps its past alone; one that is not there leads to all", async () => {
    const { world } = worldWithTrackers(({ keitaro }) => {
      keitaro.archivedAt = "2026-06-12T19:41:00Z";
    });
    open("/trackers/TR1", world);
    expect(await screen.findByText("Archived")).toBeInTheDocument();
    const tabs = screen.getAllByRole("tab").map((tab) => tab.textContent);
    expect(tabs).toEqual(["Deliveries", "Versions (2)"]);
    expect(screen.queryByRole("button", { name: "Archive" })).not.toBeInTheDocument();
  });
});
