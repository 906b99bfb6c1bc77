import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { pick } from "@/test/basics";
import { open } from "@/test/render";
import { World } from "@/test/world";

it("the list says for each campaign its link, its numbers, its postbacks and its gaps", async () => {
  const world = new World(0);
  const { user } = open("/campaigns", world);
  const row = await screen.findByRole("row", { name: /^TikTok LatAm/ });
  expect(row).toHaveTextContent(/2,000.*20.*\$2,000\.00.*Deposit, CPA/);
  expect(within(row).getByRole("link", { name: "2 postbacks fire for TikTok LatAm" })).toHaveAttribute(
    "href",
    "/campaigns/C2#postbacks",
  );
  await user.click(within(row).getByRole("button", { name: "Copy the link of TikTok LatAm" }));
  expect(await navigator.clipboard.readText()).toBe(
    "https://go.postrider.example/c/Cmp1Qr7z?param_1={subid}",
  );
  await user.click(within(row).getByRole("button", { name: "Other ways to copy the link of TikTok LatAm" }));
  await user.click(await screen.findByRole("menuitem", { name: "Copy without params" }));
  expect(await screen.findByText("Copied the link of TikTok LatAm, without params")).toBeInTheDocument();
  expect(await navigator.clipboard.readText()).toBe("https://go.postrider.example/c/Cmp1Qr7z");
});

it("without a campaign the list says what one is for, and begins one", async () => {
  const world = new World(0);
  world.campaigns.length = 0;
  world.failures.set("Campaigns", { message: "The database is away." });
  const { user } = open("/campaigns", world);
  expect(await screen.findByText("The campaigns could not be fetched")).toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No campaign yet")).toBeInTheDocument();
  await user.click(screen.getAllByRole("button", { name: "New campaign" }).at(-1) ?? document.body);
  expect(await screen.findByRole("dialog", { name: "New campaign" })).toBeInTheDocument();
});

it("a campaign that cannot be made keeps what was typed, and says why where it can be seen", async () => {
  const world = new World(0);
  world.failures.set("OfferChoices", { message: "The database is away." });
  const { user } = open("/campaigns", world);
  await user.click(await screen.findByRole("button", { name: "New campaign" }));
  const dialog = await screen.findByRole("dialog", { name: "New campaign" });
  await user.type(within(dialog).getByLabelText("Name"), "Mine");
  await user.click(within(dialog).getByRole("button", { name: "Create campaign" }));
  // The offers did not come: the field is there all the same.
  await waitFor(() => {
    expect(within(dialog).getByRole("combobox", { name: "Offer" })).toHaveAccessibleDescription(
      "Choose the offer that this campaign promotes.",
    );
  });
  await user.keyboard("{Escape}");
  expect(await screen.findByRole("dialog", { name: "Close without saving?" })).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Keep editing" }));
  expect(within(dialog).getByLabelText("Name")).toHaveValue("Mine");
});

it("a campaign is made by the keyboard, once the server answers", async () => {
  const world = new World(0);
  const { user, path } = open("/campaigns", world);
  await user.click(await screen.findByRole("button", { name: "New campaign" }));
  const dialog = await screen.findByRole("dialog", { name: "New campaign" });
  await within(dialog).findByRole("combobox", { name: "Offer" });
  await user.keyboard("Streams{Tab}kick");
  await screen.findByRole("option", { name: /KickOff Sportsbook/ });
  await user.keyboard("{ArrowDown}{Enter}");
  world.isAway = true;
  await user.keyboard("{Enter}");
  expect(await within(dialog).findByRole("alert")).toHaveTextContent("The server could not be reached");
  world.isAway = false;
  await user.keyboard("{Enter}");
  expect(await screen.findByText("Created campaign Streams")).toBeInTheDocument();
  expect(world.lastSent("CreateCampaign")).toEqual({ input: { name: "Streams", offerId: "O2" } });
  expect(path()).toBe("/campaigns/C6");
});

it("a campaign is renamed everywhere; a refusal stands on its field", async () => {
  const world = new World(0);
  world.also = {
    updateCampaign: {
      campaign: null,
      userErrors: [{ field: ["input", "name"], message: "is taken", code: "CONFLICT" }],
    },
  };
  const { user } = open("/campaigns/C1", world);
  const name = await screen.findByRole("textbox", { name: "Name" });
  const rename = screen.getByRole("button", { name: "Rename" });
  expect(rename).toBeDisabled();
  await user.clear(name);
  await user.type(name, "Facebook DE");
  await user.click(rename);
  await waitFor(() => {
    expect(name).toHaveAccessibleDescription("Is taken.");
  });
  world.also = {};
  world.failures.set("UpdateCampaign", { message: "The database is away." });
  await user.click(rename);
  await waitFor(() => {
    expect(name).toHaveAccessibleDescription("The database is away.");
  });
  world.failures.clear();
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { level: 1, name: "Facebook DE" })).toBeInTheDocument();
  expect(screen.getByText("Renamed to Facebook DE")).toBeInTheDocument();
  expect(screen.getByRole("textbox", { name: "Name" })).toHaveValue("Facebook DE");
});

it("a campaign that is not paused says why, and runs on", async () => {
  const world = new World(0);
  world.failures.set("UpdateCampaign", { message: "The database is away." });
  const { user } = open("/campaigns/C1", world);
  await user.click(await screen.findByRole("button", { name: "Pause" }));
  await user.click(await screen.findByRole("button", { name: "Pause campaign" }));
  expect(await screen.findByText("The database is away.")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Pause" })).toBeInTheDocument();
  expect(world.campaigns[0]?.state).toBe("ACTIVE");
});

it("staff cap a campaign by a whole number only: nothing else takes the cap away", async () => {
  const world = new World(0);
  world.role = "MANAGER";
  world.also = {
    updateCampaign: ({ input }: { input: { id: string; dailyCap?: number } }) => {
      const campaign = world.campaigns.find(({ id }) => id === input.id);
      if (campaign && input.dailyCap !== undefined) campaign.dailyCap = input.dailyCap || null;
      return { campaign, userErrors: [] };
    },
  };
  const { user } = open("/campaigns/C2", world);
  expect(await screen.findByText("50 of 50 used")).toBeInTheDocument();
  expect(screen.getByText("Full")).toBeInTheDocument();
  const field = () => screen.getByLabelText("Paid conversions per day (UTC)");
  const set = () => screen.getByRole("button", { name: "Set" });
  for (const wrong of ["5O", "-3", "2.5", "0"]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await user.clear(field());
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await user.type(field(), `${wrong}{Enter}`);
    expect(field()).toHaveAccessibleDescription(/A whole number from 1 on; empty for no cap\./);
  }
  expect(world.sent.has("UpdateCampaign")).toBe(false);
  await user.clear(field());
  await user.type(field(), "75");
  await user.click(set());
  expect(await screen.findByText("Daily cap: 75")).toBeInTheDocument();
  expect(await screen.findByText("50 of 75 used")).toBeInTheDocument();
  await user.clear(field());
  await user.click(set());
  expect(await screen.findByText("Daily cap removed")).toBeInTheDocument();
  expect(world.campaigns[1]?.dailyCap).toBeNull();
});

it("an affiliate sees a campaign's cap and sets none; its deal is in words", async () => {
  const world = new World(0);
  const campaign = pick(world.campaigns, 1);
  const deal = { ...campaign.offer.deal, model: "HYBRID", percent: "25" };
  Object.assign(campaign, { offer: { ...campaign.offer, deal, vertical: "EWALLET" } });
  open("/campaigns/C2", world);
  expect(await screen.findByText("Hybrid: $120.00 per qualified player and 25 % of NGR")).toBeInTheDocument();
  expect(screen.getByText("eWallet")).toBeInTheDocument();
  expect(screen.getByText("50 of 50 used")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Set" })).not.toBeInTheDocument();
  // What fires for it although it is not its own, and what nothing fires for.
  expect(screen.getByText("None of its own: those below fire.")).toBeInTheDocument();
  expect(screen.getByRole("heading", { name: "Also fire for this campaign" })).toBeInTheDocument();
  expect(screen.getAllByText("Global")).toHaveLength(3);
  expect(screen.getByRole("link", { name: "Add postback for CPA" })).toHaveAttribute(
    "href",
    "/postbacks/new?campaign=C2&goal=cpa",
  );
  for (const [name, page] of [
    ["Deliveries", "deliveries"],
    ["Conversions", "conversions"],
    ["Clicks", "clicks"],
  ] as const) {
    const links = screen.getAllByRole("link", { name }).map((link) => link.getAttribute("href"));
    expect(links).toContain(`/${page}?campaign=C2`);
  }
});

it("a campaign that is not there, or whose numbers are not, says so", async () => {
  const world = new World(0);
  const { user } = open("/campaigns/C404", world);
  expect(await screen.findByText("There is no such campaign")).toBeInTheDocument();
  world.failures.set("CampaignNumbers", { message: "too slow" });
  await user.click(screen.getByRole("link", { name: "All campaigns" }));
  await user.click(await screen.findByRole("link", { name: "Facebook Germany" }));
  expect(await screen.findByText("The numbers could not be fetched")).toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Registrations")).toBeInTheDocument();
});

it("nothing of a campaign is changed while one views as its affiliate", async () => {
  const world = new World(0);
  world.looking = true;
  const { user } = open("/campaigns/C1", world);
  expect(await screen.findByRole("button", { name: "Pause" })).toBeDisabled();
  await user.type(screen.getByRole("textbox", { name: "Name" }), "x{Enter}");
  expect(screen.getByRole("button", { name: "Rename" })).toBeDisabled();
  expect(world.sent.has("UpdateCampaign")).toBe(false);
});

it("a campaign is archived after it was said what that means, and restored; one that is used is not deleted", async () => {
  const world = new World(0);
  const campaign: { archivedAt?: string | null; state: string; name: string } = pick(world.campaigns, 0);
  const refusals = [{ field: ["id"], message: "it has 2 clicks: archive it instead", code: "CONFLICT" }];
  const set = (archivedAt: string | null) => () => {
    Object.assign(campaign, { archivedAt, state: "PAUSED" });
    return { campaign, userErrors: [] };
  };
  world.also = {
    archiveCampaign: set("2026-06-12T10:00:00Z"),
    restoreCampaign: set(null),
    deleteCampaign: () => ({ deletedId: null, userErrors: refusals }),
  };
  const { user } = open("/campaigns/C1", world);
  await user.click(await screen.findByRole("button", { name: "Archive" }));
  const asked = within(await screen.findByRole("dialog", { name: "Archive campaign" }));
  expect(asked.getByText(/its history stays. It is paused/)).toBeInTheDocument();
  await user.click(asked.getByRole("button", { name: "Archive campaign" }));
  expect(await screen.findByText(`Archived ${campaign.name}`)).toBeInTheDocument();
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  const last = within(await screen.findByRole("dialog", { name: "Delete campaign" }));
  await user.click(last.getByRole("button", { name: "Delete campaign" }));
  expect(await last.findByText("It has 2 clicks: archive it instead.")).toBeInTheDocument();
  await user.click(last.getByRole("button", { name: "Cancel" }));
  expect(screen.queryByRole("button", { name: "Resume" })).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Restore" }));
  expect(await screen.findByText(/Restored .*: it is paused until you resume it/)).toBeInTheDocument();
  expect(await screen.findByRole("button", { name: "Resume" })).toBeInTheDocument();
});
