import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { offers } from "@/test/catalogue";
import { open } from "@/test/render";
import { World } from "@/test/world";

const [first] = offers;
if (!first) throw new Error("there is no offer");

/** An offer as staff see it. */
const whole = {
  ...first,
  destinationUrl: "https://play.royalreels.example/join?cid={click_id}",
  fallbackUrl: "",
  attributionWindowDays: 30,
  dailyCap: null,
  usedToday: null,
  qualification: null,
  landingPages: first.landingPages.map((page) => ({ ...page, url: "https://play.royalreels.example/" })),
  deals: [
    {
      ...first.deal,
      leadGoal: null,
      validFrom: null,
      validTo: null as string | null,
      negativeCarryover: false,
      tierBy: "COUNT",
      tiers: [],
      affiliate: null,
    },
  ],
};

function offersWorld(): World {
  const world = new World(1);
  world.role = "MANAGER";
  const offer = structuredClone(whole);
  world.nodes = [offer];
  world.also = {
    offers: () => ({
      edges: [{ node: offer, cursor: "1" }],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: "1", endCursor: "1" },
    }),
    updateOffer: ({ input }: { input: { name: string; destinationUrl: string } }) => {
      if (!input.destinationUrl.includes("{click_id}")) {
        return {
          offer: null,
          userErrors: [{ field: ["destinationUrl"], message: "has no {click_id}", code: "INVALID" }],
        };
      }
      Object.assign(offer, { name: input.name });
      return { offer, userErrors: [] };
    },
    tryDestination: ({ input }: { input: { id: string } }) => {
      const page = offer.landingPages.find(({ id }) => id === input.id);
      const check = {
        checkedAt: "2026-01-02T10:00:00Z",
        statusCode: page ? 404 : null,
        message: page ? "Answered 404" : "No answer: The server refused the connection.",
        alive: false,
        deadSince: null,
      };
      if (page) Object.assign(page, { check });
      else Object.assign(offer, { destinationCheck: check });
      return { check, userErrors: [] };
    },
    endDeal: () => {
      const [deal] = offer.deals;
      if (deal) deal.validTo = "2026-01-01T00:00:00Z";
      return { deal, userErrors: [] };
    },
  };
  return world;
}

it("an offer opens, and what is wrong with its destination is said at its field", async () => {
  const { user, path } = open("/staff/offers", offersWorld());
  await user.click(await screen.findByRole("link", { name: "Royal Reels Casino" }));
  const destination = await screen.findByLabelText("Destination");
  expect(path()).toBe("/staff/offers/O1");
  await user.clear(destination);
  await user.type(destination, "https://play.royalreels.example/join");
  await user.click(screen.getByRole("button", { name: "Save offer" }));
  await waitFor(() => {
    expect(destination).toHaveAccessibleDescription(/Has no \{click_id\}\./);
  });
  await user.type(destination, "?cid={{click_id}");
  await user.clear(screen.getByLabelText("Name"));
  await user.type(screen.getByLabelText("Name"), "Royal Reels");
  await user.click(screen.getByRole("button", { name: "Save offer" }));
  expect(await screen.findByText("Saved Royal Reels")).toBeInTheDocument();
  expect(await screen.findByRole("heading", { level: 1, name: "Royal Reels" })).toBeInTheDocument();
});

it("a deal is ended, and says until when it was", async () => {
  const { user } = open("/staff/offers/O1", offersWorld());
  const deals = await screen.findByRole("table", { name: "Deals" });
  expect(deals).toHaveTextContent("Always");
  await user.click(within(deals).getByRole("button", { name: "End deal" }));
  const asked = await screen.findByRole("dialog", { name: "End deal" });
  await user.click(within(asked).getByRole("button", { name: "End deal" }));
  expect(await within(deals).findByText("Ended")).toBeInTheDocument();
  expect(deals).toHaveTextContent(/Until 1 Jan/);
  expect(within(deals).queryByRole("button", { name: "End deal" })).not.toBeInTheDocument();
});

it("an offer that there is not is said to be none", async () => {
  open("/staff/offers/O77", offersWorld());
  expect(await screen.findByText("There is no such offer")).toBeInTheDocument();
});

it("a page is tried on demand, the destination once it is saved, and what was found stands beside it", async () => {
  const world = offersWorld();
  const { user } = open(`/staff/offers/${first.id}`, world);
  const pages = within(await screen.findByRole("table", { name: "Landing pages" }));
  const row = within(pages.getByRole("row", { name: /Welcome bonus/ }));
  expect(row.getByText("Not tried yet")).toBeInTheDocument();
  await user.click(row.getByRole("button", { name: "Try now: Welcome bonus" }));
  expect(await row.findByText(/Answered 404 at/)).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Save offer" }));
  expect(await screen.findByText(/No answer: The server refused the connection/)).toBeInTheDocument();
});
