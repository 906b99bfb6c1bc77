import { cleanup, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { makeTracker } from "@/test/root-own-trackers";
import { writeUrl } from "@/test/url-editor";
import { World } from "@/test/world";

/** Keitaro, which has all campaigns. */
function withKeitaro(): World {
  const world = new World(0);
  const keitaro = makeTracker("TR1", "Keitaro", "{subid}");
  world.trackers = [keitaro];
  for (const campaign of world.campaigns) campaign.trackers = [keitaro];
  return world;
}

async function form(world: World, url = "https://t.example/pb?cid={param_1}&e={goal_id}") {
  const opened = open("/postbacks/new?goal=ftd", world);
  await opened.user.click(await screen.findByRole("button", { name: "Enter manually" }));
  await writeUrl(url);
  return opened;
}

const why = "Keitaro has all campaigns: each click carries the click id of one tracker.";

it("a second tracker begins with chosen campaigns, says why, and moves those that are ticked", async () => {
  const { user, world } = await form(withKeitaro());
  expect(await screen.findByText(why)).toBeInTheDocument();
  const links = screen.getByRole("checkbox", { name: /^Default tracking links/ });
  expect(links).not.toBeChecked();
  const campaigns = await screen.findByRole("group", { name: "Chosen campaigns" });
  const tiktok = within(campaigns).getByRole("checkbox", { name: "TikTok LatAmKeitaro: move here" });
  await user.click(tiktok);
  expect(within(campaigns).getByText("Moves here from Keitaro")).toBeInTheDocument();
  expect(screen.getByText(/^Fires for FTD in the chosen campaign, /)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Create tracker" }));
  expect(await screen.findByText("Created t.example: 1 goal to t.example")).toBeInTheDocument();
  expect(world.lastSent("CreateTracker")).toMatchObject({
    input: {
      allCampaigns: false,
      campaignIds: ["C2"],
      defaultLinks: false,
      moveCampaigns: true,
      shares: false,
    },
  });
  expect(
    screen.getByText(/^Put these links into t\.example\. They carry its token \{clickid\}\./),
  ).toBeInTheDocument();
});

it("all campaigns of another tracker are moved, or shared", async () => {
  const { user, world } = await form(withKeitaro());
  await screen.findByText(why);
  await user.click(screen.getByRole("button", { name: /^Chosen campaigns Campaigns/ }));
  await user.click(await screen.findByRole("option", { name: /^All campaigns/ }));
  expect(screen.getByText("Moves here from Keitaro.")).toBeInTheDocument();
  expect(
    screen.getByText("Keitaro has all campaigns: they move here, and Keitaro keeps only chosen ones."),
  ).toBeInTheDocument();
  await user.click(screen.getByRole("checkbox", { name: /^Share with Keitaro/ }));
  expect(screen.queryByText(/they move here/)).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Create tracker" }));
  await waitFor(() => {
    expect(world.lastSent("CreateTracker")).toMatchObject({
      input: { allCampaigns: true, shares: true, defaultLinks: true, moveCampaigns: false },
    });
  });
});

it.each([
  ["allCampaigns", /^Chosen campaigns Campaigns/, "button"],
  ["campaignIds", "Chosen campaigns", "group"],
] as const)("what is wrong with %s stands on its field", async (field, name, role) => {
  const world = withKeitaro();
  world.also = {
    createTracker: {
      tracker: null,
      userErrors: [{ field: ["input", field], message: "belongs to another tracker", code: "CONFLICT" }],
    },
  };
  const { user } = await form(world);
  await screen.findByText(why);
  await user.click(screen.getByRole("button", { name: "Create tracker" }));
  await waitFor(() => {
    expect(screen.getByRole(role, { name })).toHaveAccessibleDescription(/Belongs to another tracker\./);
  });
  expect(screen.getByRole("textbox", { name: "URL" })).toBeInTheDocument();
});

it("a campaign that is chosen is still chosen after a reload", async () => {
  const world = withKeitaro();
  const { user } = await form(world);
  await user.click(await screen.findByRole("checkbox", { name: /^TikTok LatAm/ }));
  cleanup();
  open("/postbacks/new?goal=ftd", world);
  expect(await screen.findByText(/^Draft from .*restored/)).toBeInTheDocument();
  expect(await screen.findByRole("checkbox", { name: /^TikTok LatAm/ })).toBeChecked();
});

it("the URL of a tracker that there is already gets goals, not another tracker", async () => {
  const { user, world } = await form(
    withKeitaro(),
    "https://KEITARO.example/postback?cid={param_1}&event={goal_id}&x=1",
  );
  expect(
    await screen.findByText(
      "This is the URL of your tracker Keitaro: these goals are added to it, for its campaigns.",
    ),
  ).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Add to Keitaro" }));
  expect(await screen.findByText(/^Created 1 postback/)).toBeInTheDocument();
  expect(world.sent.has("CreateTracker")).toBe(false);
});

it("one campaign, besides its tracker, is a postback by itself", async () => {
  const { user, world } = await form(withKeitaro());
  await user.click(await screen.findByRole("button", { name: /^Chosen campaigns Campaigns/ }));
  await user.click(await screen.findByRole("option", { name: /^One campaign/ }));
  await user.type(await screen.findByRole("combobox", { name: "Campaign" }), "TikTok");
  await user.click(await screen.findByRole("option", { name: /^TikTok/ }));
  await user.click(screen.getByRole("button", { name: "Create postback" }));
  await waitFor(() => {
    expect(world.lastSent("CreatePostback")).toMatchObject({
      input: { postback: { scope: "CAMPAIGN", campaignId: "C2", goals: ["ftd"] } },
    });
  });
  expect(world.sent.has("CreateTracker")).toBe(false);
});

it("what each goal sends as its event is shown, and changed in the URL", async () => {
  const { user, world } = await form(withKeitaro());
  await user.click(await screen.findByText("Sent as the event: ftd"));
  const event = screen.getByLabelText("Event of FTD");
  await user.clear(event);
  await user.type(event, "sale");
  expect(screen.getByRole("textbox", { name: "URL" })).toHaveTextContent("{goal_id|map:ftd=sale}");
  await user.click(screen.getByRole("button", { name: "Create tracker" }));
  await waitFor(() => {
    expect(world.lastSent("CreateTracker")).toMatchObject({
      input: { urlTemplate: "https://t.example/pb?cid={param_1}&e={goal_id|map:ftd=sale}" },
    });
  });
});

it("that another tracker gets the same click ids is said where campaigns are chosen, not by the doctor too", async () => {
  const crossed = "“Keitaro” gets the same click ids.";
  const { user } = await form(withKeitaro(), "https://crossed.example/pb?cid={param_1}&e={goal_id}");
  const doctor = screen.getByRole("region", { name: "Doctor" });
  expect(await within(doctor).findByText("No problems found.")).toBeInTheDocument();
  expect(within(doctor).queryByText(crossed)).toBeNull();
  // A postback by itself has no campaigns to choose.
  await user.click(screen.getByRole("button", { name: /^Chosen campaigns Campaigns/ }));
  await user.click(await screen.findByRole("option", { name: /^One offer/ }));
  expect(await within(doctor).findByText(crossed)).toBeInTheDocument();
});
