import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { affiliate, pick } from "@/test/basics";
import { offers } from "@/test/catalogue";
import { open } from "@/test/render";
import { held, loseNetwork, refusal, staffWorld, unreachable } from "@/test/staff";

const first = pick(offers, 0);

interface Check {
  checkedAt: string;
  statusCode: number | null;
  message: string;
  alive: boolean;
  deadSince: string | null;
}

const deal = {
  ...first.deal,
  leadGoal: null as string | null,
  validFrom: null as string | null,
  validTo: null as string | null,
  negativeCarryover: false,
  tierBy: "COUNT",
  tiers: [] as { from: string; amount: string; percent: string }[],
  affiliate: null as unknown,
};

const page = (id: string, key: string, name: string) => ({
  __typename: "LandingPage",
  id,
  key,
  name,
  url: `https://play.royalreels.example/${key}?cid={click_id}`,
  archivedAt: null as string | null,
  check: null as Check | null,
});

function offerWorld(deals = [deal]) {
  const world = staffWorld();
  const offer = {
    ...first,
    destinationUrl: "https://play.royalreels.example/join?cid={click_id}",
    destinationCheck: null as Check | null,
    fallbackUrl: "",
    attributionWindowDays: 30,
    dailyCap: null,
    usedToday: null,
    qualification: null,
    landingPages: [page("L1", "bonus", "Welcome bonus")],
    deals: structuredClone(deals),
  };
  const sent: Record<string, unknown>[] = [];
  const tried: string[] = [];
  world.nodes = [offer];
  world.also = {
    createDeal: ({ input }: { input: { amount?: string } }) => {
      sent.push(input);
      if (input.amount === "0") return { deal: null, ...refusal("amount", "is not above zero") };
      const made = { ...deal, id: "D9", model: "CPL", amount: { amount: "7.50", currency: "USD" } };
      offer.deals.push(made);
      return { deal: made, userErrors: [] };
    },
    createLandingPage: ({ input }: { input: { key: string; name: string; url: string } }) => {
      sent.push(input);
      if (input.key === "main") return { landingPage: null, ...refusal("key", "is taken") };
      const created = { ...page("L9", input.key, input.name), ...input };
      offer.landingPages.push(created);
      return { landingPage: created, userErrors: [] };
    },
    updateLandingPage: ({ input }: { input: { id: string; key: string; name: string; url: string } }) => {
      sent.push(input);
      const changed = offer.landingPages.find(({ id }) => id === input.id);
      return { landingPage: Object.assign(changed ?? {}, input), userErrors: [] };
    },
    archiveLandingPage: ({ input }: { input: { id: string } }) => {
      const archived = offer.landingPages.find(({ id }) => id === input.id);
      return {
        landingPage: Object.assign(archived ?? {}, { archivedAt: "2026-06-12T10:00:00Z" }),
        userErrors: [],
      };
    },
    restoreLandingPage: ({ input }: { input: { id: string } }) => {
      const restored = offer.landingPages.find(({ id }) => id === input.id);
      return { landingPage: Object.assign(restored ?? {}, { archivedAt: null }), userErrors: [] };
    },
    deleteDeal: ({ input }: { input: { id: string } }) => {
      if (offer.deals.length === 1)
        return { deletedId: null, ...refusal("id", "it has 3 conversions: end it instead") };
      offer.deals = offer.deals.filter(({ id }) => id !== input.id);
      return { deletedId: input.id, userErrors: [] };
    },
    deleteLandingPage: ({ input }: { input: { id: string } }) => {
      offer.landingPages = offer.landingPages.filter(({ id }) => id !== input.id);
      return { deletedId: input.id, userErrors: [] };
    },
    updateOffer: ({ input }: { input: Record<string, unknown> }) => {
      sent.push(input);
      return { offer, userErrors: [] };
    },
    tryDestination: ({ input }: { input: { id: string } }) => {
      tried.push(input.id);
      const check = {
        checkedAt: "2026-06-12T10:00:00Z",
        statusCode: 200,
        message: "Answered 200",
        alive: true,
        deadSince: null,
      };
      const of = offer.landingPages.find(({ id }) => id === input.id);
      if (of) of.check = check;
      else offer.destinationCheck = check;
      return { check, userErrors: [] };
    },
  };
  return { world, offer, sent, tried };
}

const address = "/staff/offers/O1";

it("says that it loads, what could not be fetched, and asks again", async () => {
  const { world, offer } = offerWorld();
  const { answer, release } = held(offer);
  world.also["node"] = () => answer;
  world.failures.set("StaffOffer", { message: "The database is away." });
  const { user } = open(address, world);
  expect(await screen.findByText("The database is away.")).toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  release();
  expect(await screen.findByRole("heading", { level: 1, name: offer.name })).toBeInTheDocument();
});

it("while it is fetched there is neither an offer nor none", async () => {
  const { world, offer } = offerWorld();
  const { answer, release } = held(offer);
  world.also["node"] = () => answer;
  open(address, world);
  expect(await screen.findByRole("status", { name: "Loading the offer" })).toBeInTheDocument();
  expect(screen.queryByText("There is no such offer")).not.toBeInTheDocument();
  release();
  expect(await screen.findByRole("table", { name: "Deals" })).toBeInTheDocument();
});

it("deals say whom they are with, what they pay by tiers, and whether they hold now", async () => {
  const { world } = offerWorld([
    deal,
    { ...deal, id: "D2", affiliate, tiers: [{ from: "50", amount: "150.00", percent: "0" }] },
    { ...deal, id: "D3", validFrom: "2101-01-01T00:00:00Z" },
    { ...deal, id: "D4", validFrom: "2020-01-01T00:00:00Z", validTo: "2021-01-01T00:00:00Z" },
    {
      ...deal,
      id: "D5",
      model: "REVSHARE",
      tierBy: "REVENUE",
      tiers: [{ from: "10000", amount: "0", percent: "35" }],
    },
  ]);
  open(address, world);
  const table = await screen.findByRole("table", { name: "Deals" });
  const [standard, own, upcoming, ended, share] = within(table).getAllByRole("row").slice(1);
  expect(standard).toHaveTextContent(/CPA \$120\.00.*Active.*All affiliates/);
  expect(own).toHaveTextContent("North Star Media");
  expect(own).toHaveTextContent("from 50: 150.00");
  expect(upcoming).toHaveTextContent(/Upcoming.*From 1 Jan/);
  expect(ended).toHaveTextContent("Ended");
  expect(share).toHaveTextContent("from 10000 NGR: 35 %");
  for (const row of [upcoming, ended])
    expect(within(row ?? table).queryByRole("button", { name: "End deal" })).not.toBeInTheDocument();
});

it("a deal is created with what its model pays by; a sum that is refused is said at its field", async () => {
  const { world, sent } = offerWorld();
  const { user } = open(address, world);
  await user.click(await screen.findByRole("button", { name: "New deal" }));
  const dialog = within(await screen.findByRole("dialog", { name: "New deal" }));
  await user.click(dialog.getByRole("radio", { name: "RevShare" }));
  expect(dialog.queryByLabelText("Per qualified player")).not.toBeInTheDocument();
  expect(dialog.getByLabelText("Percent of NGR")).toBeInTheDocument();
  await user.click(dialog.getByRole("radio", { name: "CPL" }));
  await user.click(dialog.getByRole("button", { name: /Lead goal/ }));
  await user.click(await screen.findByRole("option", { name: "KYC approved" }));
  await user.type(dialog.getByLabelText("Per lead"), "0");
  await user.click(dialog.getByRole("button", { name: "Create deal" }));
  await waitFor(() => {
    expect(dialog.getByLabelText("Per lead")).toHaveAccessibleDescription(/Is not above zero\./);
  });
  await user.clear(dialog.getByLabelText("Per lead"));
  await user.type(dialog.getByLabelText("Per lead"), "7.50");
  await user.type(dialog.getByRole("combobox", { name: "Applies to" }), "Nordic");
  await user.click(await screen.findByRole("option", { name: "Nordic Media" }));
  await user.click(dialog.getByRole("button", { name: "Create deal" }));
  expect(await screen.findByText("Deal created")).toBeInTheDocument();
  expect(sent.at(-1)).toMatchObject({
    offerId: "O1",
    model: "CPL",
    leadGoal: "kyc",
    amount: "7.50",
    currency: "USD",
    affiliateId: "A2",
  });
  expect(sent.at(-1)).not.toHaveProperty("percent");
  expect(await screen.findByText("CPL $7.50")).toBeInTheDocument();
});

it("a deal that could not be ended says so in its dialog, and goes on", async () => {
  const { world } = offerWorld();
  world.also["endDeal"] = () => ({ deal: null, ...refusal("id", "ended already") });
  const { user } = open(address, world);
  await user.click(await screen.findByRole("button", { name: "End deal" }));
  const asked = within(await screen.findByRole("dialog", { name: "End deal" }));
  await user.click(asked.getByRole("button", { name: "End deal" }));
  expect(await asked.findByRole("alert")).toHaveTextContent("Ended already.");
  await user.click(asked.getByRole("button", { name: "Cancel" }));
  expect(await screen.findByRole("table", { name: "Deals" })).toHaveTextContent("Active");
});

it("a landing page is added, refused where its key is taken, and tried once it is saved", async () => {
  const { world, sent, tried } = offerWorld();
  const { user } = open(address, world);
  await user.click(await screen.findByRole("button", { name: "New landing page" }));
  const dialog = within(await screen.findByRole("dialog", { name: "New landing page" }));
  await user.type(dialog.getByLabelText("Name"), "Slots");
  await user.type(dialog.getByLabelText("Key"), "main");
  await user.click(dialog.getByLabelText("URL"));
  await user.paste("https://play.royalreels.example/slots?cid={click_id}");
  await user.click(dialog.getByRole("button", { name: "Save" }));
  await waitFor(() => {
    expect(dialog.getByLabelText("Key")).toHaveAccessibleDescription(/Is taken\./);
  });
  await user.clear(dialog.getByLabelText("Key"));
  await user.type(dialog.getByLabelText("Key"), "slots");
  await user.click(dialog.getByRole("button", { name: "Save" }));
  expect(await screen.findByText("Saved landing page Slots")).toBeInTheDocument();
  expect(sent.at(-1)).toMatchObject({ offerId: "O1", key: "slots", name: "Slots" });
  expect(tried).toEqual(["L9"]);
  const row = await screen.findByRole("row", { name: /Slots/ });
  expect(await within(row).findByText(/Answered 200 at/)).toBeInTheDocument();
});

it("a landing page is changed as it was, by its id", async () => {
  const { world, sent } = offerWorld();
  const { user } = open(address, world);
  await user.click(await screen.findByRole("button", { name: "Welcome bonus" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Landing page" }));
  expect(dialog.getByLabelText("URL")).toHaveValue("https://play.royalreels.example/bonus?cid={click_id}");
  await user.type(dialog.getByLabelText("Name"), " 2");
  loseNetwork();
  await user.click(dialog.getByRole("button", { name: "Save" }));
  expect(await dialog.findByText(unreachable)).toBeInTheDocument();
  expect(dialog.getByLabelText("Name")).toHaveValue("Welcome bonus 2");
  expect(sent).toEqual([]);
});

it("a landing page is archived after a question, restored, and deleted", async () => {
  const { world, offer } = offerWorld();
  const { user } = open(address, world);
  await user.click(await screen.findByRole("button", { name: "Archive Welcome bonus" }));
  const asked = within(await screen.findByRole("dialog", { name: "Archive landing page" }));
  expect(asked.getByText(/Links that name bonus lead to the offer’s destination/)).toBeInTheDocument();
  await user.click(asked.getByRole("button", { name: "Archive landing page" }));
  await user.click(await screen.findByRole("button", { name: "Restore Welcome bonus" }));
  await user.click(await screen.findByRole("button", { name: "Archive Welcome bonus" }));
  await user.click(
    within(await screen.findByRole("dialog")).getByRole("button", { name: "Archive landing page" }),
  );
  await user.click(await screen.findByRole("button", { name: "Delete Welcome bonus" }));
  const last = within(await screen.findByRole("dialog", { name: "Delete landing page" }));
  world.failures.set("StaffDeletePage", { message: "The database is away." });
  await user.click(last.getByRole("button", { name: "Delete landing page" }));
  expect(await last.findByRole("alert")).toHaveTextContent("The database is away.");
  expect(offer.landingPages).toHaveLength(1);
  world.failures.clear();
  // Asked again it says nothing of the last time.
  await user.click(last.getByRole("button", { name: "Cancel" }));
  await user.click(screen.getByRole("button", { name: "Delete Welcome bonus" }));
  const again = within(await screen.findByRole("dialog", { name: "Delete landing page" }));
  expect(again.queryByRole("alert")).not.toBeInTheDocument();
  await user.click(again.getByRole("button", { name: "Delete landing page" }));
  expect(await screen.findByText("None: every click goes to the destination.")).toBeInTheDocument();
});

it("a deal is deleted where nothing was calculated with it", async () => {
  const { world } = offerWorld([deal, { ...deal, id: "D2" }]);
  const { user } = open(address, world);
  const [button] = await screen.findAllByRole("button", { name: "Delete" });
  await user.click(button ?? document.body);
  const asked = within(await screen.findByRole("dialog", { name: "Delete deal" }));
  await user.click(asked.getByRole("button", { name: "Delete deal" }));
  expect(await screen.findByText("Deal deleted")).toBeInTheDocument();
  await user.click(await screen.findByRole("button", { name: "Delete" }));
  const again = within(await screen.findByRole("dialog", { name: "Delete deal" }));
  await user.click(again.getByRole("button", { name: "Delete deal" }));
  expect(await again.findByRole("alert")).toHaveTextContent(/it has 3 conversions: end it instead/i);
});

it("a page that could not be tried says why", async () => {
  const { world } = offerWorld();
  world.also["tryDestination"] = () => ({
    check: null,
    ...refusal("id", "ten pages were tried within a minute"),
  });
  const { user } = open(address, world);
  await user.click(await screen.findByRole("button", { name: "Try now: the destination" }));
  expect(await screen.findByText(/ten pages were tried within a minute/i)).toBeInTheDocument();
  expect(screen.getAllByText("Not tried yet")).toHaveLength(2);
});

it("an offer is paused and capped, all of it is sent, and the destination is tried again", async () => {
  const { world, sent, tried } = offerWorld();
  const { user } = open(address, world);
  await user.type(await screen.findByLabelText("Daily cap"), "25");
  await user.click(screen.getByRole("radio", { name: "Paused" }));
  world.failures.set("StaffUpdateOffer", { message: "The database is away." });
  await user.click(screen.getByRole("button", { name: "Save offer" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("The database is away.");
  expect(tried).toEqual([]);
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Save offer" }));
  expect(await screen.findByText("Saved Royal Reels Casino")).toBeInTheDocument();
  expect(sent.at(-1)).toMatchObject({
    id: "O1",
    state: "PAUSED",
    dailyCap: 25,
    attributionWindowDays: 30,
    destinationUrl: "https://play.royalreels.example/join?cid={click_id}",
  });
  await waitFor(() => {
    expect(tried).toEqual(["O1"]);
  });
});
