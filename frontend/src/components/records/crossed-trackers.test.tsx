import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { affiliate } from "@/test/basics";
import { open } from "@/test/render";
import { World } from "@/test/world";

const tracker = (id: string, name: string) => ({
  __typename: "Tracker",
  id,
  name,
  shares: false,
  version: 1,
});
const voluum = tracker("T1", "Voluum");
const keitaro = tracker("T2", "Keitaro");

interface Met {
  clickIds: string[];
  proposal?: typeof voluum;
  others?: (typeof voluum)[];
}

const message =
  "“Voluum” and “Keitaro” are called with {param_1} of the same clicks in 4 campaigns: each gets click ids that another tracker made. 1,696 postbacks of the last 30 days went to the wrong tracker.";

/** An affiliate whose trackers are crossed in its first campaigns, and in its default links. */
function crossed(met: Met[], defaultLinks = true): World {
  const world = new World(3);
  const crossing = {
    affiliate,
    trackers: [voluum, keitaro],
    defaultLinks,
    wrongDeliveries: 1696,
    message,
    campaigns: met.map(({ clickIds, proposal, others }, i) => ({
      clickIds,
      proposal: proposal ?? null,
      campaign: {
        ...world.campaigns[i],
        firingPostbacks: [voluum, keitaro, ...(others ?? [])].map((to, n) => ({
          __typename: "Postback",
          id: `F${String(i)}${String(n)}`,
          tracker: to,
        })),
      },
    })),
  };
  const item = {
    id: "T1",
    severity: "ERROR",
    message,
    crossing,
    campaigns: [],
    campaignCount: met.length,
    since: null,
    ignoredAt: null,
  };
  let isFixed = false;
  const fix = (answer: object) => () => {
    isFixed = true;
    return { ...answer, userErrors: [] };
  };
  world.also = {
    attention: () => ({
      delivered: 0,
      failed: 0,
      waiting: 0,
      postbacks: 2,
      ignored: [],
      items: isFixed ? [] : [item],
    }),
    crossedTrackers: () => (isFixed ? [] : [crossing]),
    assignTrackers: fix({ trackers: [] }),
    updateTracker: fix({ tracker: { ...voluum, shares: true, version: 2 } }),
  };
  return world;
}

const four: Met[] = [
  { clickIds: ["sulnxjt9ng1vu"] },
  { clickIds: ["wSE0BCU3LSPHR5K7HJLEQKMH", "wMHENABT13TT6HVLQG8VDG8U"] },
  { clickIds: ["b4yb22lwciwcb"] },
  { clickIds: [] },
];

async function openDialog(user: UserEvent): Promise<HTMLElement> {
  await user.click(await screen.findByRole("button", { name: "Choose campaigns" }));
  const dialog = await screen.findByRole("dialog", { name: "Choose campaigns for each tracker" });
  await within(dialog).findByRole("button", { name: "Save" });
  return dialog;
}

async function choose(
  user: UserEvent,
  dialog: HTMLElement,
  of: RegExp | string,
  name: string,
): Promise<void> {
  await user.click(within(dialog).getByRole("button", { name: of }));
  await user.click(await screen.findByRole("option", { name: new RegExp(`^${name}`) }));
}

const ofKeitaro = /Tracker of 2 campaigns: 13 characters/;

describe("trackers that get each other's click ids", () => {
  it("are an item of Home that cannot be ignored, and goes when each has its campaigns", async () => {
    const { user, world } = open("/", crossed(four));
    const list = await screen.findByRole("list", { name: "Needs attention" });
    expect(list).toHaveTextContent("Voluum and Keitaro get each other’s click ids");
    expect(list).toHaveTextContent("1,696 postbacks of the last 30 days went to the wrong tracker.");
    expect(within(list).queryByRole("button", { name: /^Ignore/ })).not.toBeInTheDocument();
    const dialog = await openDialog(user);
    expect(dialog).toHaveTextContent("A click carries the click id of one tracker.");
    const groups = [...within(dialog).getByRole("list", { name: "Campaigns" }).children];
    expect(groups.map((group) => /^(.*?)(Click id|No click)/.exec(group.textContent)?.[1])).toEqual([
      "2 campaigns13 characters: small letters and digits",
      "TikTok LatAm",
      "SEO bonus reviews",
    ]);
    expect(within(dialog).getAllByText("sulnxjt9ng1vu")[0]).toHaveClass("font-mono");
    expect(groups[2]).toHaveTextContent("No click has carried a click id yet.");

    await choose(user, dialog, ofKeitaro, "Keitaro");
    await choose(user, dialog, /Tracker of TikTok LatAm/, "Voluum");
    await choose(user, dialog, /Tracker of SEO bonus reviews/, "Keitaro");
    // Most campaigns are Keitaro's: so is the next, unless said otherwise.
    expect(within(dialog).getByRole("button", { name: /New campaigns/ })).toHaveTextContent("Keitaro");
    await choose(user, dialog, /Default tracking links/, "Voluum");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Voluum has 1 campaign, Keitaro has 3 campaigns")).toBeInTheDocument();
    expect(world.sent.get("AssignTrackers")).toEqual([
      {
        input: {
          affiliateId: affiliate.id,
          campaigns: [
            { campaignId: "C1", trackerIds: ["T2"] },
            { campaignId: "C2", trackerIds: ["T1"] },
            { campaignId: "C3", trackerIds: ["T2"] },
            { campaignId: "C4", trackerIds: ["T2"] },
          ],
          remaining: "T2",
          defaultLinks: "T1",
        },
      },
    ]);
    await waitFor(() => {
      expect(screen.queryByText(/Voluum and Keitaro get each other/)).not.toBeInTheDocument();
    });
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  it("are proposed by their answers, for campaigns whose click ids look alike too", async () => {
    const [first, second, third] = four;
    const world = crossed([first, { ...second, proposal: voluum }, { ...third, proposal: keitaro }] as Met[]);
    const { user } = open("/", world);
    const dialog = await openDialog(user);
    const suggested = "Suggested: it accepts these click ids, the others do not.";
    const group = within(dialog).getByRole("button", { name: ofKeitaro });
    expect(group).toHaveTextContent("Keitaro");
    expect(group).toHaveAccessibleDescription(suggested);
    expect(
      within(dialog).getByRole("button", { name: /Tracker of TikTok LatAm/ }),
    ).toHaveAccessibleDescription(suggested);
    await choose(user, dialog, /Tracker of TikTok LatAm/, "Keitaro");
    expect(
      within(dialog).getByRole("button", { name: /Tracker of TikTok LatAm/ }),
    ).not.toHaveAccessibleDescription(suggested);
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await screen.findByText("Keitaro has 3 campaigns");
    expect(world.lastSent("AssignTrackers")).toMatchObject({
      input: { remaining: "T2", defaultLinks: "T2" },
    });
  });

  it("have a choice for each campaign of a group", async () => {
    const { user, world } = open("/", crossed(four));
    const dialog = await openDialog(user);
    await choose(user, dialog, ofKeitaro, "Keitaro");
    await user.click(within(dialog).getByText("Choose for each campaign"));
    await choose(user, dialog, /Tracker of Push · casino/, "Voluum");
    expect(within(dialog).getByRole("button", { name: ofKeitaro })).toHaveTextContent("By campaign");
    await choose(user, dialog, /Tracker of TikTok LatAm/, "Voluum");
    await choose(user, dialog, /Tracker of SEO bonus reviews/, "Voluum");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await screen.findByText("Voluum has 3 campaigns, Keitaro has 1 campaign");
    expect(world.lastSent("AssignTrackers")).toMatchObject({
      input: {
        campaigns: [
          { trackerIds: ["T2"] },
          { trackerIds: ["T1"] },
          { trackerIds: ["T1"] },
          { trackerIds: ["T1"] },
        ],
      },
    });
  });

  it("are asked for where none is chosen, and what the server refuses stands at its campaign", async () => {
    const world = crossed(four);
    const refused = "“Push · casino · tier 1” has its own campaign postback to “Voluum”.";
    world.also["assignTrackers"] = {
      trackers: [],
      userErrors: [{ field: ["input", "campaigns", "2", "trackerIds"], message: refused, code: "INVALID" }],
    };
    const { user } = open("/", world);
    const dialog = await openDialog(user);
    await choose(user, dialog, /Tracker of TikTok LatAm/, "Voluum");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(await within(dialog).findAllByText("Choose its tracker.")).toHaveLength(2);
    expect(within(dialog).getByRole("button", { name: ofKeitaro })).toHaveFocus();
    expect(world.sent.get("AssignTrackers")).toBeUndefined();

    await choose(user, dialog, ofKeitaro, "Keitaro");
    await choose(user, dialog, /Tracker of SEO bonus reviews/, "Voluum");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(await within(dialog).findByText(refused)).toBeVisible();
    const row = within(dialog).getByRole("button", { name: /Tracker of Push · casino/ });
    expect(row).toHaveAccessibleDescription(refused);
    expect(screen.getByText(/Voluum and Keitaro get each other/)).toBeInTheDocument();
  });

  it("leave a campaign to others that fire there and are no part of it", async () => {
    const stats = tracker("T9", "Stats box");
    const crm = { ...tracker("T8", "CRM"), shares: true };
    const { user, world } = open(
      "/",
      crossed([{ clickIds: ["sulnxjt9ng1vu"], others: [stats, crm, stats] }], false),
    );
    const dialog = await openDialog(user);
    expect(dialog).toHaveTextContent("Stats box goes on as before.");
    expect(within(dialog).queryByRole("button", { name: /Default tracking links/ })).not.toBeInTheDocument();
    await choose(user, dialog, /Tracker of Facebook Germany/, "Keitaro");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await screen.findByText("Keitaro has 1 campaign");
    expect(world.lastSent("AssignTrackers")).toMatchObject({
      input: {
        campaigns: [{ campaignId: "C1", trackerIds: ["T2", "T9"] }],
        remaining: "T2",
        defaultLinks: null,
      },
    });
  });

  it("that meet on the default links alone have no campaigns to choose", async () => {
    const { user, world } = open("/", crossed([]));
    const dialog = await openDialog(user);
    expect(within(dialog).queryByRole("button", { name: /New campaigns/ })).not.toBeInTheDocument();
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(await within(dialog).findByText("Choose their tracker.")).toBeInTheDocument();
    await choose(user, dialog, /Default tracking links/, "Keitaro");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await screen.findByText("The default tracking links are of one tracker now");
    expect(world.lastSent("AssignTrackers")).toMatchObject({
      input: { campaigns: [], remaining: null, defaultLinks: "T2" },
    });
  });

  it("may be so on purpose", async () => {
    const { user, world } = open("/", crossed(four));
    const dialog = await openDialog(user);
    await user.click(within(dialog).getByRole("radio", { name: "It is on purpose" }));
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(await within(dialog).findByText("Choose the CRM or the bot.")).toBeInTheDocument();
    await choose(user, dialog, /is called with other trackers’ click ids on purpose/, "Voluum");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await screen.findByText("Voluum goes on being called with other trackers’ click ids");
    expect(world.lastSent("ShareCampaigns")).toEqual({ input: { id: "T1", shares: true } });
    await waitFor(() => {
      expect(screen.queryByText(/Voluum and Keitaro get each other/)).not.toBeInTheDocument();
    });
  });
});

describe("the dialog", () => {
  it("asks before a choice is lost", async () => {
    const { user } = open("/", crossed(four));
    const dialog = await openDialog(user);
    await choose(user, dialog, ofKeitaro, "Keitaro");
    await user.click(within(dialog).getByRole("button", { name: "Close" }));
    expect(await screen.findByRole("dialog", { name: "Close without saving?" })).toBeInTheDocument();
  });

  it("says when there is nothing to choose any more, and when the campaigns cannot be fetched", async () => {
    const world = crossed(four);
    const { user } = open("/", world);
    world.failures.set("CrossedCampaigns", { message: "too slow" });
    await user.click(await screen.findByRole("button", { name: "Choose campaigns" }));
    const dialog = await screen.findByRole("dialog", { name: "Choose campaigns for each tracker" });
    expect(await within(dialog).findByText("The campaigns could not be fetched")).toBeInTheDocument();
    world.failures.clear();
    world.also["crossedTrackers"] = [];
    await user.click(within(dialog).getByRole("button", { name: "Try again" }));
    expect(await within(dialog).findByText(/no longer get each other’s click ids/)).toBeInTheDocument();
  });

  it("cannot be opened by who only views", async () => {
    const world = crossed(four);
    world.looking = true;
    open("/", world);
    expect(await screen.findByRole("button", { name: "Choose campaigns" })).toBeDisabled();
  });

  it("opens from the Postbacks page too, where staff see whose trackers they are", async () => {
    const world = crossed(four);
    world.role = "MANAGER";
    const { user } = open("/postbacks", world);
    const section = await screen.findByRole("region", { name: "Crossed trackers" });
    expect(section).toHaveTextContent(`${affiliate.name}: ${message}`);
    await openDialog(user);
  });
});
