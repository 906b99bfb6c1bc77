import { screen, waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { pick } from "@/test/basics";
import { offers } from "@/test/catalogue";
import { open } from "@/test/render";
import { makeTracker } from "@/test/root-own-trackers";
import { World } from "@/test/world";

const place = () => screen.findByRole("combobox", { name: "Campaign or offer" });

it("a link is built for an offer too, with a landing page of its own; another place takes it back", async () => {
  const world = new World(0);
  const { user } = open("/links?offer=O2", world);
  await waitFor(async () => {
    expect(await place()).toHaveValue("KickOff Sportsbook");
  });
  await user.click(screen.getByRole("button", { name: /Landing page/ }));
  await user.click(await screen.findByRole("option", { name: "Welcome bonus" }));
  await user.type(screen.getByLabelText("param_3"), "ad 12");
  await waitFor(() => {
    expect(world.lastSent("TrackingLink")).toEqual({
      campaignId: null,
      offerId: "O2",
      param1: "{subid}",
      param2: null,
      param3: "ad 12",
      landingPage: "bonus",
      deepLink: null,
    });
  });
  await user.clear(await place());
  await user.type(await place(), "tiktok");
  await user.click(await screen.findByRole("option", { name: /TikTok LatAm/ }));
  await waitFor(() => {
    expect(world.lastSent("TrackingLink")).toMatchObject({
      campaignId: "C2",
      offerId: null,
      param3: "ad 12",
      landingPage: null,
    });
  });
  expect(screen.getByRole("button", { name: /Landing page/ })).toHaveTextContent("Offer default");
});

it("the finished link is copied whole, shows where it leads, and is no link while a value is wrong", async () => {
  const { user } = open("/links?campaign=C1", new World(0));
  await user.click(await screen.findByRole("button", { name: "Copy the link" }));
  expect(await navigator.clipboard.readText()).toBe(
    "https://go.postrider.example/c/Cmp0Qr7z?param_1={subid}",
  );
  expect(screen.getByRole("heading", { name: "Destination" }).closest("section")).toHaveTextContent(
    "https://play.royalreels.example/?cid=0197f3a2c4d87b1e9f0a2b3c4d5e6f70",
  );
  const qr = screen.getByRole("button", { name: "QR code" });
  expect(qr).toHaveAttribute("aria-expanded", "false");
  await user.click(qr);
  const first = screen.getByRole("img", { name: "The link as a QR code" }).innerHTML;
  await user.type(screen.getByLabelText("param_2"), "fb");
  await waitFor(() => {
    expect(screen.getByRole("img", { name: "The link as a QR code" }).innerHTML).not.toBe(first);
  });
  await user.click(qr);
  expect(screen.queryByRole("img", { name: "The link as a QR code" })).not.toBeInTheDocument();

  await user.click(screen.getByLabelText("Deep link"));
  await user.paste("https://elsewhere.example/");
  expect(await screen.findByText("Fix the marked values to get the link.")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Copy the link" })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Send test click" })).not.toBeInTheDocument();
});

it("an offer that takes no deep link, and has no pages, asks for neither", async () => {
  const world = new World(0);
  const campaign = pick(world.campaigns, 0);
  campaign.offer = { ...campaign.offer, id: "O9", landingPages: [], deepLinkHosts: [] };
  open("/links?campaign=C1", world);
  await place();
  expect(screen.queryByLabelText("Deep link")).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: /Landing page/ })).not.toBeInTheDocument();
});

it("a pasted default link is named by its offer; while the network is away it says so at the field", async () => {
  const world = new World(0);
  const [offer] = offers;
  world.also = {
    recognizeTrackingLink: {
      link: { ...offer?.defaultLink, campaign: null, offer },
      param1: "",
      param2: "x",
      param3: "",
      landingPage: "",
      deepLink: "",
      destination: null,
      userErrors: [],
    },
  };
  const { user } = open("/links?campaign=C2", world);
  const field = await screen.findByLabelText("Paste an existing link");
  world.isAway = true;
  await user.click(field);
  await user.paste("https://go.postrider.example/c/Dfl0aB3x?param_2=x");
  await waitFor(() => {
    expect(field).toHaveAccessibleDescription(/The server could not be reached/);
  });
  world.isAway = false;
  await user.type(field, " ");
  expect(await screen.findByText("The default link of Royal Reels Casino.")).toBeInTheDocument();
  expect(field).not.toHaveAccessibleDescription(/could not be reached/);
  expect(screen.getByLabelText("param_2")).toHaveValue("x");
  expect(await screen.findByText(/Without param_1, your tracker cannot match/)).toBeInTheDocument();
});

it("a test click of somebody else's does not count as one's own", async () => {
  const { user, world } = open("/links?campaign=C1", new World(0));
  const opened = vi.spyOn(window, "open").mockReturnValue(null);
  await user.click(await screen.findByRole("button", { name: "Send test click" }));
  const waiting = await screen.findByText(/Waiting for the click/);
  expect(opened).toHaveBeenCalledOnce();
  world.happen("clickRecorded", pick(world.clicks, 3));
  expect(waiting).toBeInTheDocument();
  expect(screen.queryByText(/The click arrived/)).not.toBeInTheDocument();
});

it("links that cannot be fetched are tried again; without offers and campaigns there is a way on", async () => {
  const world = new World(0);
  world.failures.set("LinkPlaces", { message: "The database is away." });
  world.campaigns.length = 0;
  const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
  world.also = { offers: { edges: [], pageInfo } };
  const { user } = open("/links", world);
  expect(await screen.findByText("Your links could not be fetched")).toBeInTheDocument();
  expect(screen.getByText("The database is away.")).toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No links yet")).toBeInTheDocument();
  expect(within(screen.getByRole("main")).getByRole("link", { name: "Create campaign" })).toHaveAttribute(
    "href",
    "/campaigns",
  );
});

/** Keitaro has the default links and the first campaign, Binom the second. */
function twoTrackers(): World {
  const world = new World(0);
  const keitaro = makeTracker("TR1", "Keitaro", "{subid}");
  const binom = { ...makeTracker("TR2", "Binom", "{clickid}"), defaultLinks: false };
  binom.tokens.param2 = "{source}";
  world.trackers = [binom, keitaro];
  for (const campaign of world.campaigns) campaign.trackers = [keitaro];
  pick(world.campaigns, 1).trackers = [binom];
  return world;
}

const choosePlace = async (user: ReturnType<typeof open>["user"], name: string) => {
  await user.clear(await place());
  await user.type(await place(), name);
  await user.click(await screen.findByRole("option", { name: new RegExp(name) }));
};

it("a link carries the tokens of its campaign's tracker, and says whose they are", async () => {
  const { user } = open("/links?campaign=C1", twoTrackers());
  expect(await screen.findByText("With the tokens of Keitaro.")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: /^Keitaro Your tracker/ })).toBeInTheDocument();
  await choosePlace(user, "TikTok LatAm");
  expect(await screen.findByText("With the tokens of Binom.")).toBeInTheDocument();
  expect(screen.getByLabelText(/^param_1/)).toHaveValue("{clickid}");
  expect(screen.getByLabelText("param_2")).toHaveValue("{source}");
  expect(screen.getByRole("button", { name: /^Binom Your tracker/ })).toBeInTheDocument();
});

it("tokens of another tracker than the campaign's are warned of, and what was typed stays", async () => {
  const { user } = open("/links?campaign=C1", twoTrackers());
  await screen.findByText("With the tokens of Keitaro.");
  await user.click(screen.getByRole("button", { name: /^Keitaro Your tracker/ }));
  await user.click(await screen.findByRole("option", { name: /^Binom/ }));
  expect(screen.getByLabelText("param_2")).toHaveValue("{source}");
  expect(
    screen.getByText("Its conversions go to Keitaro: these are not the tokens of that tracker."),
  ).toBeInTheDocument();
  await user.clear(screen.getByLabelText("param_2"));
  await user.type(screen.getByLabelText("param_2"), "mine");
  await choosePlace(user, "TikTok LatAm");
  expect(screen.getByLabelText(/^param_1/)).toHaveValue("{clickid}");
  expect(screen.getByLabelText("param_2")).toHaveValue("mine");
});
