import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { makeTracker } from "@/test/root-own-trackers";
import { World } from "@/test/world";

/** Keitaro has all campaigns but TikTok's, which was chosen for Binom. */
function twoTrackers(): World {
  const world = new World(0);
  const keitaro = makeTracker("TR1", "Keitaro", "{subid}");
  const [, tiktok] = world.campaigns;
  const binom = {
    ...makeTracker("TR2", "Binom", "{clickid}"),
    allCampaigns: false,
    defaultLinks: false,
    campaigns: [tiktok] as unknown[],
  };
  world.trackers = [binom, keitaro];
  for (const campaign of world.campaigns) campaign.trackers = [campaign === tiktok ? binom : keitaro];
  return world;
}

async function dialogOf(world: World) {
  const opened = open("/campaigns", world);
  await opened.user.click(await screen.findByRole("button", { name: "New campaign" }));
  const dialog = await screen.findByRole("dialog", { name: "New campaign" });
  const tracker = await within(dialog).findByRole("button", { name: /Tracker$/ });
  await opened.user.type(within(dialog).getByRole("combobox", { name: "Offer" }), "River");
  await opened.user.click(await screen.findByRole("option", { name: /River Room Poker/ }));
  return { ...opened, dialog, tracker, name: within(dialog).getByLabelText("Name") };
}

it("a new campaign goes to the tracker with all campaigns, or to the one that is chosen", async () => {
  const { user, world, dialog, tracker, name } = await dialogOf(twoTrackers());
  expect(tracker).toHaveTextContent("Keitaro");
  await user.type(name, "One");
  await user.click(within(dialog).getByRole("button", { name: "Create another" }));
  expect(await screen.findByText("Created campaign One")).toBeInTheDocument();
  expect(world.lastSent("CreateCampaign")).toEqual({ input: { name: "One", offerId: "O3" } });

  // The form stays, with its offer and tracker, and the keyboard in the empty name.
  expect(name).toHaveValue("");
  expect(name).toHaveFocus();
  await user.click(tracker);
  await user.click(await screen.findByRole("option", { name: "Binom" }));
  await user.type(name, "Two");
  await user.click(within(dialog).getByRole("button", { name: "Create another" }));
  await waitFor(() => {
    expect(world.lastSent("CreateCampaign")).toEqual({
      input: { name: "Two", offerId: "O3", trackerIds: ["TR2"] },
    });
  });
  const created = within(dialog).getByRole("list", { name: "Created" });
  await waitFor(() => {
    expect(within(created).getAllByRole("listitem")).toHaveLength(2);
  });
  await user.click(within(created).getByRole("button", { name: "Copy the link of Two" }));
  expect(await navigator.clipboard.readText()).toContain("/c/Cmp0Qr7z?param_1={subid}");

  // Nothing of it is unsaved now.
  await user.keyboard("{Escape}");
  await waitFor(() => {
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });
});

it("what is typed for the next campaign is not lost unasked", async () => {
  const { user, dialog, name } = await dialogOf(twoTrackers());
  await user.type(name, "One");
  await user.click(within(dialog).getByRole("button", { name: "Create another" }));
  await within(dialog).findByRole("list", { name: "Created" });
  await user.type(name, "Next");
  await user.keyboard("{Escape}");
  expect(await screen.findByRole("dialog", { name: "Close without saving?" })).toBeInTheDocument();
});

it("a tracker that was refused for a campaign says why at its field", async () => {
  const world = twoTrackers();
  world.also = {
    createCampaign: {
      campaign: null,
      userErrors: [{ field: ["input", "trackerIds"], message: "there is no such tracker", code: "INVALID" }],
    },
  };
  const { user, dialog, tracker, name } = await dialogOf(world);
  await user.type(name, "One{Enter}");
  await waitFor(() => {
    expect(tracker).toHaveAccessibleDescription(/There is no such tracker\./);
  });
  expect(within(dialog).queryByRole("list", { name: "Created" })).not.toBeInTheDocument();
});

it("the list says each campaign's tracker, and where trackers meet", async () => {
  const world = twoTrackers();
  const [facebook] = world.campaigns;
  if (facebook) facebook.trackers = world.trackers;
  world.also = {
    crossedTrackers: [{ trackers: world.trackers, campaigns: [{ campaign: facebook }] }],
  };
  open("/campaigns", world);
  expect(await screen.findByRole("row", { name: /^TikTok LatAm.*Binom/ })).toBeInTheDocument();
  const row = await screen.findByRole("row", { name: /^Facebook Germany/ });
  expect(await within(row).findByText("Binom and Keitaro meet")).toBeInTheDocument();
});

it("a campaign's tracker is changed on its page, which says what that does", async () => {
  const world = twoTrackers();
  const { user } = open("/campaigns/C1", world);
  const panel = (await screen.findByRole("heading", { name: "Tracker" })).closest("section");
  expect(panel).toHaveTextContent("KeitaroClicks of this campaign carry its click ids.");
  expect(screen.getByText("With the tokens of Keitaro.")).toBeInTheDocument();
  const change = () => screen.getByRole("button", { name: "Change tracker" });
  expect(await screen.findByRole("button", { name: "Change tracker" })).toBeDisabled();
  await user.click(await screen.findByRole("button", { name: /^Keitaro Tracker of this campaign/ }));
  await user.click(await screen.findByRole("option", { name: "Binom" }));
  expect(
    screen.getByText(
      "Conversions of this campaign go to Binom, no longer to Keitaro, those of earlier clicks too. Its link carries {clickid} from then on: replace the link in Binom.",
    ),
  ).toBeInTheDocument();
  await user.click(change());
  expect(await screen.findByText("Facebook Germany is a campaign of Binom now")).toBeInTheDocument();
  expect(world.lastSent("AssignTrackers")).toEqual({
    input: { campaigns: [{ campaignId: "C1", trackerIds: ["TR2"] }] },
  });
  expect(await screen.findByText("With the tokens of Binom.")).toBeInTheDocument();
});

it("a chosen campaign is given back to the tracker with all campaigns; who shares it goes on", async () => {
  const world = twoTrackers();
  const crm = { ...makeTracker("TR3", "CRM", ""), allCampaigns: false, shares: true };
  world.trackers.push(crm);
  world.campaigns[1]?.trackers.push(crm);
  const { user } = open("/campaigns/C2", world);
  expect(await screen.findByText("Shared with CRM.")).toBeInTheDocument();
  await user.click(await screen.findByRole("button", { name: /^Binom Tracker of this campaign/ }));
  expect(screen.queryByRole("option", { name: "CRM" })).not.toBeInTheDocument();
  await user.click(await screen.findByRole("option", { name: /^Keitaro/ }));
  await user.click(screen.getByRole("button", { name: "Change tracker" }));
  await waitFor(() => {
    expect(world.lastSent("AssignTrackers")).toEqual({
      input: { campaigns: [{ campaignId: "C2", trackerIds: ["TR3"] }] },
    });
  });
});

it("a tracker that may not be changed says why; trackers that meet are named, with what to do", async () => {
  const world = twoTrackers();
  const [campaign] = world.campaigns;
  if (campaign) campaign.trackers = world.trackers;
  world.also = {
    crossedTrackers: [{ trackers: world.trackers, campaigns: [{ campaign }] }],
    assignTrackers: {
      trackers: [],
      userErrors: [{ field: ["input", "campaigns"], message: "it has its own postback", code: "INVALID" }],
    },
  };
  const { user } = open("/campaigns/C1", world);
  expect(await screen.findByText(/^Binom and Keitaro meet here/)).toBeInTheDocument();
  const field = await screen.findByRole("button", { name: /^Choose… Tracker of this campaign/ });
  await user.click(field);
  await user.click(await screen.findByRole("option", { name: "Binom" }));
  await user.click(screen.getByRole("button", { name: "Change tracker" }));
  await waitFor(() => {
    expect(
      screen.getByRole("button", { name: /^Binom Tracker of this campaign/ }),
    ).toHaveAccessibleDescription(/It has its own postback\./);
  });
});

it("no tracker is changed while one views as the affiliate", async () => {
  const world = twoTrackers();
  world.looking = true;
  const { user } = open("/campaigns/C1", world);
  await user.click(await screen.findByRole("button", { name: /^Keitaro Tracker of this campaign/ }));
  await user.click(await screen.findByRole("option", { name: "Binom" }));
  expect(screen.getByRole("button", { name: "Change tracker" })).toBeDisabled();
});
