import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { ago, pick } from "@/test/basics";
import { goals } from "@/test/catalogue";
import type { Postback } from "@/test/postbacks";
import { open } from "@/test/render";
import { writeUrl } from "@/test/url-editor";
import { World } from "@/test/world";

function worldWith(id: string, change: (postback: Postback) => object): World {
  const world = new World(0);
  const postback = world.postbacks.find((p) => p.id === id);
  if (!postback) throw new Error("no such postback");
  Object.assign(postback, change(postback));
  return world;
}

const factsOf = (panel: HTMLElement) =>
  Object.fromEntries(
    within(panel)
      .getAllByRole("term")
      .map((term) => [term.textContent, term.nextElementSibling?.textContent ?? ""]),
  );

describe("the health of a postback", () => {
  it("says what was sent without a click id, and why the tracker is waited for", async () => {
    const world = worldWith("P3", ({ health }) => ({ health: { ...health, withoutClickId: 12 } }));
    open("/postbacks/P3?tab=health", world);
    const day = await screen.findByRole("heading", { name: "This postback, last 24 hours" });
    const facts = factsOf(day.closest("section") ?? document.body);
    expect(facts).toMatchObject({
      "Success rate": "96%",
      Delivered: "412",
      "Without a click id": "12 of 412",
      Failed: "17",
      Waiting: "3",
      "Time to deliver": "38 ms median, 142 ms p95",
    });
    expect(facts["Last failure"]).toMatch(/2026.*: .*\w/);
    expect(screen.getByRole("link", { name: "12 of 412" })).toHaveAttribute(
      "href",
      "/deliveries?postback=P3&warning=only&range=24h",
    );
    const tracker = await screen.findByRole("heading", { name: "Tracker, all your postbacks" });
    const state = factsOf(tracker.closest("section") ?? document.body);
    expect(state["Status"]).toBe("Waiting: tracker unavailableIt fails: what goes there is held.");
    expect(state["Waiting"]).toMatch(/^3, oldest since /);
    expect(state["Next attempt"]).toBeDefined();
  });

  it("of one that never fired has nothing to say but that", async () => {
    const world = worldWith("P4", ({ endpoint }) => ({
      endpoint: { ...endpoint, successRate: null, p50Ms: null, p95Ms: null },
    }));
    open("/postbacks/P4?tab=health", world);
    expect(await screen.findByText("No results yet")).toBeInTheDocument();
    expect(await screen.findByText("Nothing was sent in 24 hours")).toBeInTheDocument();
    expect(screen.getByText("None")).toBeInTheDocument();
    expect(screen.queryByText("Without a click id")).not.toBeInTheDocument();
    expect(screen.queryByText("Next attempt")).not.toBeInTheDocument();
  });

  it("whose tracker cannot be asked about is tried again", async () => {
    const world = new World(0);
    world.failures.set("PostbackEndpoint", { message: "too slow" });
    const { user } = open("/postbacks/P2?tab=health", world);
    expect(await screen.findByText("too slow")).toBeInTheDocument();
    world.failures.clear();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Normal")).toBeInTheDocument();
  });
});

describe("the versions of a postback", () => {
  it("show what each changed, in its URL and its rules, and by whom", async () => {
    const world = worldWith("P2", ({ versions }) => ({
      versions: versions.map((version, i) =>
        i === 0
          ? {
              ...version,
              urlTemplate: version.urlTemplate.replace("sale", "deposit"),
              statuses: ["APPROVED", "REJECTED"],
              bodyRule: { kind: "JSON_FIELD", path: "result", value: "ok" },
              sendCorrections: true,
            }
          : { ...version, bodyRule: { kind: "NOT_CONTAINS", path: "", value: "error" }, enabled: false },
      ),
    }));
    open("/postbacks/P2?tab=versions", world);
    const list = await screen.findByRole("list", { name: "Versions" });
    const [second, first] = within(list).getAllByRole("listitem");
    expect(second).toHaveTextContent(/^Version 2.* by anna@northstar\.example/);
    const [removedUrl, removedRule] = second?.querySelectorAll("del") ?? [];
    expect(removedUrl?.textContent).toMatch(/sale/);
    expect(second?.querySelector("ins")?.textContent).toMatch(/deposit/);
    expect(removedRule).toHaveTextContent("GET · approved · the body must not contain error · off");
    expect(second?.querySelector("p.text-muted ins")).toHaveTextContent(
      "GET · approved, rejected · the field result must be ok · corrections · on",
    );
    expect(first?.querySelector("del")).toBeNull();
    // The newest is what there is: only an older one can be put back.
    expect(within(list).getAllByRole("button", { name: "Restore" })).toHaveLength(1);
  });

  it("that could not be put back say why", async () => {
    const world = new World(0);
    world.failures.set("RestorePostbackVersion", { message: "The database is away." });
    const { user } = open("/postbacks/P2?tab=versions", world);
    await user.click(await screen.findByRole("button", { name: "Restore" }));
    expect(await screen.findByText("The database is away.")).toBeInTheDocument();
    expect(world.postbacks[1]?.version).toBe(2);
  });
});

describe("a test of a postback", () => {
  it("that does not arrive says so; without macros it is sent as it is", async () => {
    const world = worldWith("P2", () => ({ urlTemplate: "https://t.example/ping" }));
    const { user } = open("/postbacks/P2?tab=test", world);
    expect(await screen.findByText("The URL has no macros: it is sent as it is.")).toBeInTheDocument();
    world.isAway = true;
    await user.click(screen.getByRole("button", { name: "Fire test" }));
    expect(await screen.findByText(/The server could not be reached/)).toBeInTheDocument();
    world.isAway = false;
    world.failures.set("RunScenarios", { message: "One test at a time." });
    await user.click(screen.getByRole("button", { name: "Run scenarios" }));
    expect(await screen.findByText("One test at a time.")).toBeInTheDocument();
    expect(world.tests).toHaveLength(0);
  });
});

describe("what a postback sent", () => {
  it("follows as it happens, with the way to the whole log", async () => {
    const world = new World(0);
    open("/postbacks/P2?tab=deliveries", world);
    expect(await screen.findByText("It has not fired yet")).toBeInTheDocument();
    await waitFor(() => {
      expect(world.listening("deliveryUpdated")).toBe(1);
    });
    world.add("DELIVERED");
    const other = world.add("FAILED");
    expect(other.postback.id).not.toBe("P2");
    expect(await screen.findByRole("table", { name: /^Deliveries of this postback/ })).toBeInTheDocument();
    expect(screen.queryByText("Failed")).not.toBeInTheDocument();
    expect(screen.getByRole("link", { name: "View log" })).toHaveAttribute("href", "/deliveries?postback=P2");
  });
});

it("a postback that could not be deleted, or switched, is still there and says why", async () => {
  const world = new World(0);
  world.failures.set("DeletePostback", { message: "The database is away." });
  world.failures.set("SetPostbackEnabled", { message: "Not now." });
  const { user, path } = open("/postbacks/P3", world);
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  await user.click(await screen.findByRole("button", { name: "Delete postback" }));
  expect(await screen.findByText("The database is away.")).toBeInTheDocument();
  expect(path()).toBe("/postbacks/P3");
  await user.click(screen.getAllByRole("link", { name: "Postbacks" }).at(-1) ?? document.body);
  const off = await screen.findByRole("switch", { name: "Deposit to pb.voltrack.example is on" });
  await user.click(off);
  expect(await screen.findByText("Not now.")).toBeInTheDocument();
  expect(off).toBeChecked();
});

it("a held postback says what to do, on its page and in the list", async () => {
  const world = new World(0);
  const { user } = open("/postbacks/P5", world);
  expect(await screen.findByRole("heading", { level: 1, name: "Telegram alert" })).toBeInTheDocument();
  const note = (await screen.findAllByText(/410/))[0]?.textContent ?? "";
  await user.click(screen.getAllByRole("link", { name: "Postbacks" }).at(-1) ?? document.body);
  expect(await screen.findByText(note)).toBeInTheDocument();
});

it("the list of postbacks begins with a way to the first, and is read-only to who views it", async () => {
  const world = new World(0);
  world.looking = true;
  world.failures.set("Trackers", { message: "The database is away." });
  const { user } = open("/postbacks", world);
  expect(await screen.findByText("The postbacks could not be fetched")).toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  for (const control of await screen.findAllByRole("switch")) expect(control).toBeDisabled();
  // A gap is named with what it cost.
  expect(screen.getByText("4 conversions in 30 days not sent to your tracker")).toBeInTheDocument();
});

it("a postback that is not there leads to all of them", async () => {
  open("/postbacks/P404", new World(0));
  expect(await screen.findByText("There is no such postback")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "All postbacks" })).toHaveAttribute("href", "/postbacks");
});

describe("a new postback", () => {
  async function form(address: string, world = new World(0)) {
    const opened = open(address, world);
    await opened.user.click(await screen.findByRole("button", { name: "Enter manually" }));
    await writeUrl("https://t.example/pb?cid={param_1}");
    return opened;
  }

  it("of a campaign copies the global one, for all of its goals, and goes back to the campaign", async () => {
    const world = new World(0);
    // One for what is approved, one for the rest, as some trackers want it.
    const [, sales] = world.postbacks;
    if (sales) world.postbacks.push({ ...sales, id: "P9", statuses: ["REJECTED"] });
    const { user, path } = open("/postbacks/new?campaign=C1", world);
    const copy = await screen.findByRole("button", { name: "Copy Keitaro sales" });
    expect(copy.closest("li")).toHaveTextContent(/^Keitaro sales FTDhttps/);
    await user.click(copy);
    expect(await screen.findByRole("textbox", { name: "URL" })).toHaveTextContent(/status=sale/);
    expect(screen.getByRole("checkbox", { name: /^FTD/ })).toBeChecked();
    expect(screen.getByRole("checkbox", { name: /^Registration/ })).not.toBeChecked();
    await user.click(screen.getByRole("button", { name: "Create postback" }));
    expect(await screen.findByText(/^Created 1 postback to track\.northstar\.example/)).toBeInTheDocument();
    expect(path()).toBe("/campaigns/C1#postbacks");
    expect(world.lastSent("CreatePostback")).toMatchObject({
      input: { postback: { scope: "CAMPAIGN", campaignId: "C1", goals: ["ftd"] } },
    });
  });

  it("that aggregates is one for all its goals; one by one they are all still chosen", async () => {
    const { user } = await form("/postbacks/new");
    await waitFor(() => {
      expect(screen.getByRole("checkbox", { name: /^CPA/ })).toBeChecked();
    });
    expect(screen.getByText("What the tracker is sent.")).toBeInTheDocument();
    await user.click(screen.getByRole("radio", { name: "Aggregated" }));
    expect(screen.getByText("One postback aggregates them all.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Create 3 postbacks" })).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: /Aggregation window/ }));
    await user.click(await screen.findByRole("option", { name: "1 hour" }));
    await user.click(screen.getByRole("radio", { name: "One per conversion" }));
    for (const goal of [/^Registration/, /^FTD/, /^CPA/]) {
      expect(screen.getByRole("checkbox", { name: goal })).toBeChecked();
    }
    expect(screen.getByRole("button", { name: "Create tracker" })).toBeInTheDocument();
  });

  it("for one campaign, where there is none to choose, says so at the field", async () => {
    const world = new World(0);
    world.campaigns.length = 0;
    const { user } = await form("/postbacks/new?goal=ftd", world);
    await user.click(screen.getByRole("button", { name: /^All campaigns Campaigns/ }));
    await user.click(await screen.findByRole("option", { name: /^One campaign/ }));
    await user.click(screen.getByRole("button", { name: "Create postback" }));
    expect(await screen.findByRole("combobox", { name: "Campaign" })).toBeInvalid();
    expect(screen.getByText("Something is still missing; it is marked above.")).toBeInTheDocument();
    expect(world.postbacks).toHaveLength(5);
  });

  it("fires for the statuses that are ticked, and judges the answer by a rule", async () => {
    const world = new World(0);
    const { user } = await form("/postbacks/new?goal=ftd", world);
    await user.click(screen.getByRole("checkbox", { name: "Rejected" }));
    await user.click(screen.getByRole("checkbox", { name: "Pending" }));
    await user.click(screen.getByRole("checkbox", { name: /^Send corrections/ }));
    await user.click(screen.getByRole("radio", { name: "POST" }));
    await user.click(screen.getByRole("button", { name: /Success rule/ }));
    await user.click(await screen.findByRole("option", { name: "A JSON field must equal" }));
    await user.click(screen.getByLabelText("JSON field"));
    await user.paste("result.status");
    await user.click(screen.getByLabelText("Equals"));
    await user.paste("ok");
    world.isAway = true;
    await user.click(screen.getByRole("button", { name: "Create tracker" }));
    expect(await screen.findByText(/The server could not be reached/)).toBeInTheDocument();
    world.isAway = false;
    await user.click(screen.getByRole("button", { name: "Create tracker" }));
    expect(await screen.findByText("Created t.example: 1 goal to t.example")).toBeInTheDocument();
    expect(world.lastSent("CreateTracker")).toEqual({
      input: {
        urlTemplate: "https://t.example/pb?cid={param_1}",
        goals: [{ goal: "ftd", statuses: ["PENDING", "APPROVED", "REJECTED"], sendCorrections: true }],
        method: "POST",
        bodyRule: { kind: "JSON_FIELD", path: "result.status", value: "ok" },
        allCampaigns: true,
        defaultLinks: true,
        shares: false,
        moveCampaigns: false,
      },
    });
  });

  it("is simulated for a goal that does not fire too, and names those that fire beside it", async () => {
    const world = new World(0);
    world.also = {
      simulatePostback: {
        simulation: {
          click: [],
          postbacks: [
            {
              postback: null,
              fires: false,
              rule: "STATUS",
              reason: "It fires for rejected only.",
              url: null,
              slots: [],
            },
            { postback: world.postbacks[0], fires: true, rule: "MATCHED", reason: "", url: null, slots: [] },
            { postback: world.postbacks[2], fires: true, rule: "MATCHED", reason: "", url: null, slots: [] },
            {
              postback: world.postbacks[3],
              fires: false,
              rule: "DISABLED",
              reason: "",
              url: null,
              slots: [],
            },
          ],
        },
        userErrors: [],
      },
    };
    const { user } = await form("/postbacks/new?goal=ftd", world);
    await user.click(screen.getByRole("button", { name: "Simulate" }));
    const card = await screen.findByRole("article", { name: "Simulation of FTD" });
    expect(card).toHaveTextContent("FTD: does not fire. It fires for rejected only.");
    expect(card).toHaveTextContent(
      "For the same conversion Keitaro leads, an unnamed postback would fire too.",
    );
    world.also = {
      simulatePostback: {
        simulation: null,
        userErrors: [{ field: ["trackingLink"], message: "That is not a link of yours.", code: "INVALID" }],
      },
    };
    await user.click(screen.getByRole("button", { name: "Simulate" }));
    expect(await screen.findByText("FTD: That is not a link of yours.")).toBeInTheDocument();
    await user.click(screen.getByRole("checkbox", { name: /^FTD/ }));
    await user.click(screen.getByRole("button", { name: "Simulate" }));
    expect(await screen.findByText("Choose a goal first.")).toBeInTheDocument();
  });
});

it("a postback of an offer says what it pays for its goal", async () => {
  const world = worldWith("P2", () => ({ goal: pick(goals, 4), createdAt: ago(1) }));
  const { user } = open("/postbacks/P2", world);
  await user.click(await screen.findByRole("button", { name: /Goal$/ }));
  expect(await screen.findByRole("option", { name: "CPA" })).toHaveAccessibleDescription(
    /Pays \$120\.00 on Royal Reels Casino/,
  );
});
