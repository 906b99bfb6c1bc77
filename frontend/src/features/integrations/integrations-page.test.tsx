import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { offers } from "@/test/catalogue";
import { platforms } from "@/test/platforms";
import { open } from "@/test/render";
import { loseNetwork, staffWorld, unreachable } from "@/test/staff";
import { World } from "@/test/world";

it("an integration is begun from the empty list; a key that is taken is said at its field", async () => {
  const world = new World(1);
  world.role = "MANAGER";
  const made: unknown[] = [];
  world.also = {
    operatorPlatforms: platforms,
    createIntegration: ({ input }: { input: { name: string; key: string; offerId?: string } }) => {
      if (input.key === "royal-spin") {
        return {
          integration: null,
          userErrors: [{ field: ["key"], message: "is taken", code: "INVALID" }],
        };
      }
      made.push(input);
      return {
        integration: { __typename: "Integration", id: "I9", ...input },
        userErrors: [],
      };
    },
  };
  const { user, path } = open("/staff/integrations", world);
  expect(await screen.findByText("No integration yet")).toBeInTheDocument();
  await user.click(screen.getAllByRole("button", { name: "New integration" })[0] ?? document.body);
  const dialog = await screen.findByRole("dialog", { name: "New integration" });
  const runs = await within(dialog).findByRole("combobox", { name: "What the operator runs" });
  await waitFor(() => {
    expect(runs).toHaveValue("Generic");
  });
  await user.clear(runs);
  await user.type(runs, "acme");
  await user.click(await screen.findByRole("option", { name: "Acme Affiliates" }));
  expect(within(dialog).getByText("Status 5 is on hold.")).toBeInTheDocument();
  expect(within(dialog).getByRole("link", { name: "help.acme.example" })).toBeInTheDocument();
  expect(within(dialog).getByRole("list", { name: "Goal mapping" })).toHaveTextContent("first_dep → ftd");
  await user.type(within(dialog).getByLabelText("Name"), "Royal Spin");
  const key = within(dialog).getByLabelText("Key in the URL");
  expect(key).toHaveValue("royal-spin");
  await user.type(within(dialog).getByRole("combobox", { name: "Offer" }), "Royal");
  await user.click(await screen.findByRole("option", { name: /Royal Reels Casino/ }));
  await user.click(within(dialog).getByRole("button", { name: "Create integration" }));
  await waitFor(() => {
    expect(key).toHaveAccessibleDescription(/Is taken\./);
  });
  await user.type(key, "-2");
  await user.click(within(dialog).getByRole("button", { name: "Create integration" }));
  await waitFor(() => {
    expect(path()).toBe("/staff/integrations/I9");
  });
  expect(made).toEqual([
    {
      platform: "acme",
      name: "Royal Spin",
      key: "royal-spin-2",
      offerId: "O1",
      testMode: true,
      requireHttps: true,
      requireToken: true,
    },
  ]);
});

it("less than https and a token is asked for only with a warning", async () => {
  const world = staffWorld();
  world.also = { operatorPlatforms: platforms };
  const { user } = open("/staff/integrations", world);
  await user.click((await screen.findAllByRole("button", { name: "New integration" }))[0] ?? document.body);
  const dialog = within(await screen.findByRole("dialog", { name: "New integration" }));
  expect(dialog.queryByText(/goes over the wire/)).not.toBeInTheDocument();
  await user.click(dialog.getByRole("switch", { name: "Require HTTPS" }));
  expect(dialog.getByText(/the token goes over the wire as it is/)).toBeInTheDocument();
  await user.click(dialog.getByRole("switch", { name: "Require a token" }));
  expect(dialog.getByText(/^Anybody who learns the URL/)).toBeInTheDocument();
  await user.click(dialog.getByRole("switch", { name: "Require HTTPS" }));
  expect(dialog.getByText(/^Anybody who learns the URL/)).toBeInTheDocument();
  await user.click(dialog.getByRole("switch", { name: "Require a token" }));
  expect(dialog.queryByText(/^Anybody who learns the URL/)).not.toBeInTheDocument();
});

const one = {
  __typename: "Integration",
  id: "I1",
  key: "royal-reels",
  name: "Royal Reels server",
  url: "https://go.postrider.example/postback/royal-reels",
  enabled: true,
  testMode: false,
  requireHttps: true,
  requireToken: true,
  requireSignature: false,
  allowedAddresses: [] as string[],
  rateLimit: null,
  offer: offers[0],
  unmappedStatuses: [] as { word: string; count: number }[],
  unmappedGoals: [] as { word: string; count: number }[],
};

it("each integration says what it is asked to prove, and what keeps it from paying", async () => {
  const world = staffWorld();
  world.also = {
    integrations: [
      one,
      { ...one, id: "I2", name: "Open", requireToken: false, requireHttps: false },
      { ...one, id: "I3", name: "Behind", unmappedStatuses: [{ word: "settled", count: 3 }] },
      { ...one, id: "I4", name: "Rehearsed", testMode: true, unmappedStatuses: [{ word: "x", count: 1 }] },
      { ...one, id: "I5", name: "Resting", enabled: false, testMode: true },
    ],
  };
  open("/staff/integrations", world);
  const row = async (name: string) =>
    within(await screen.findByRole("table", { name: "Integrations" })).findByRole("row", {
      name: new RegExp(name),
    });
  expect(await row("Royal Reels server")).toHaveTextContent(/On.*Royal Reels.*Token, HTTPS/);
  expect(await row("Open")).toHaveTextContent("None: open to anybody");
  expect(await row("Behind")).toHaveTextContent("Unmapped statuses");
  expect(await row("Rehearsed")).toHaveTextContent("Test mode");
  expect(await row("Resting")).toHaveTextContent("Off");
});

it("the list that could not be fetched is asked for again", async () => {
  const world = staffWorld();
  world.also = { integrations: [one] };
  world.failures.set("StaffIntegrations", { message: "The database is away." });
  const { user } = open("/staff/integrations", world);
  expect(await screen.findByText("The integrations could not be fetched")).toBeInTheDocument();
  expect(screen.queryByText("No integration yet")).not.toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "Royal Reels server" })).toBeInTheDocument();
});

it("a key that was typed is not overwritten by the name; a lost network keeps the dialog", async () => {
  const { user } = open("/staff/integrations", staffWorld());
  await user.click((await screen.findAllByRole("button", { name: "New integration" }))[0] ?? document.body);
  const dialog = within(await screen.findByRole("dialog", { name: "New integration" }));
  const key = dialog.getByLabelText("Key in the URL");
  await user.type(key, "rr");
  await user.type(dialog.getByLabelText("Name"), "Royal");
  expect(key).toHaveValue("rr");
  await user.click(dialog.getByRole("button", { name: "Create integration" }));
  const offer = dialog.getByRole("combobox", { name: "Offer" });
  expect(offer).toHaveAccessibleDescription(/Choose the offer/);
  await user.type(offer, "Royal");
  await user.click(await screen.findByRole("option", { name: /Royal Reels Casino/ }));
  loseNetwork();
  await user.click(dialog.getByRole("button", { name: "Create integration" }));
  expect(await dialog.findByText(unreachable)).toBeInTheDocument();
  expect(dialog.getByLabelText("Name")).toHaveValue("Royal");
});
