import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

it("the chain goes from the click over every postback considered to each attempt", async () => {
  const world = new World(6);
  const { user, path } = open("/conversions", world);
  const table = await screen.findByRole("table", { name: /Conversions/ });
  await user.click((await within(table).findAllByRole("link"))[0] ?? table);
  const chain = await screen.findByRole("region", { name: "Conversion" });
  await within(chain).findByText("1 delivery, 1 delivered.");
  expect(within(chain).getByRole("heading", { name: "Click" })).toBeInTheDocument();
  expect(within(chain).getByRole("heading", { name: "5 postbacks considered, 1 fired" })).toBeInTheDocument();
  expect(within(chain).getByText("It is switched off.")).toBeInTheDocument();
  expect(within(chain).getByText("Attempt 1")).toBeInTheDocument();
  expect(path()).toBe(`/conversions/${world.conversions[0]?.id ?? ""}`);
});

it("a conversion shows up as it is recorded, and what becomes of its postback", async () => {
  const world = new World(3);
  open("/conversions", world);
  const table = await screen.findByRole("table", { name: /Conversions/ });
  await waitFor(() => {
    expect(within(table).getAllByRole("link")).toHaveLength(3);
  });
  await waitFor(() => {
    expect(world.listening("conversionUpdated")).toBe(1);
    expect(world.listening("deliveryUpdated")).toBe(1);
  });
  const delivery = world.add("QUEUED");
  await waitFor(() => {
    expect(within(table).getAllByRole("link")).toHaveLength(4);
  });
  const [, first] = within(table).getAllByRole("row");
  expect(first).toHaveTextContent("Queued");
  world.move(delivery, "FAILED");
  await waitFor(() => {
    expect(within(table).getAllByRole("row")[1]).toHaveTextContent("Failed");
  });
  // The totals follow.
  await waitFor(
    () => {
      expect(world.asked.filter((name) => name === "ConversionTotals").length).toBeGreaterThan(1);
    },
    { timeout: 8000 },
  );
});

it("an id that is not there is said to be, and the filters can be cleared", async () => {
  const { user, path } = open("/conversions?q=nothing", new World(6));
  await screen.findByText("No conversion matches");
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await screen.findByRole("table", { name: /Conversions/ });
  expect(path()).toBe("/conversions");
});

it("a conversion that is cancelled after its approval is shown as reversed", async () => {
  const world = new World(3);
  const conversion = world.conversions[0];
  const event = conversion?.events[0];
  if (!conversion || !event) throw new Error("the world has no conversion");
  Object.assign(conversion, {
    status: "CANCELLED",
    reversed: true,
    events: [event, { ...event, id: "VE-back", previousStatus: "APPROVED", status: "CANCELLED" }],
  });
  open(`/conversions/${conversion.id}`, world);
  const chain = await screen.findByRole("region", { name: "Conversion" });
  const history = await within(chain).findByRole("list", { name: "Status history" });
  expect(within(history).getByText("Reversed")).toBeInTheDocument();
  expect(within(chain).getAllByText("Reversed")).toHaveLength(2);
  expect(within(chain).queryByText("Cancelled")).toBeNull();
});

it("a correction says what was corrected", async () => {
  const world = new World(3);
  const conversion = world.conversions[0];
  const event = conversion?.events[0];
  if (!conversion || !event) throw new Error("the world has no conversion");
  const reason = "amount from 10.00 to 12.00, currency from EUR to USD";
  Object.assign(conversion, {
    events: [
      event,
      { ...event, id: "VE-c", previousStatus: "APPROVED", status: "APPROVED", actor: "OPERATOR", reason },
    ],
  });
  open(`/conversions/${conversion.id}`, world);
  const chain = await screen.findByRole("region", { name: "Conversion" });
  const history = await within(chain).findByRole("list", { name: "Status history" });
  expect(history).toHaveTextContent(`corrected, by operator: ${reason}`);
});

it("a pending conversion that is cancelled is shown as cancelled", async () => {
  const world = new World(3);
  const conversion = world.conversions[0];
  const event = conversion?.events[0];
  if (!conversion || !event) throw new Error("the world has no conversion");
  Object.assign(conversion, {
    status: "CANCELLED",
    events: [{ ...event, previousStatus: "PENDING", status: "CANCELLED" }],
  });
  open(`/conversions/${conversion.id}`, world);
  const chain = await screen.findByRole("region", { name: "Conversion" });
  await within(chain).findByRole("list", { name: "Status history" });
  expect(within(chain).getAllByText("Cancelled")).toHaveLength(2);
  expect(within(chain).queryByText("Reversed")).toBeNull();
});

it("says how many there are and what they pay, and never two dollars alike", async () => {
  const world = new World(3);
  world.also = {
    conversionTotals: {
      count: 1284,
      capped: false,
      payouts: [
        { amount: "24360.00", currency: "EUR" },
        { amount: "1200.00", currency: "USD" },
        { amount: "7.50", currency: "CAD" },
      ],
    },
  };
  open("/conversions", world);
  expect(await screen.findByText(/^1,284 conversions/)).toHaveTextContent(
    "1,284 conversions · €24,360.00 · $1,200.00 · CA$7.50",
  );
});

it("staff undo an attribution where the conversion is, and see what that takes back", async () => {
  const world = new World(3);
  world.role = "MANAGER";
  const conversion = world.conversions[0];
  if (!conversion) throw new Error("the world has no conversion");
  const undone: unknown[] = [];
  Object.assign(conversion, { attributedBy: "STAFF", undoable: true, replacedBy: null, replaces: null });
  world.also = {
    undoAttributionPreview: {
      takenBack: [{ conversion, status: "CANCELLED", payout: { amount: "120.00", currency: "EUR" } }],
      postbacks: [],
    },
    undoAttribution: ({ input }: { input: unknown }) => {
      undone.push(input);
      return {
        conversion: null,
        userErrors: [{ field: ["id"], message: "it was undone meanwhile", code: "CONFLICT" }],
      };
    },
  };
  const { user } = open(`/conversions/${conversion.id}`, world);
  await user.click(await screen.findByRole("button", { name: "Undo attribution…" }));
  const dialog = await screen.findByRole("dialog", { name: "Undo attribution" });
  expect(await within(dialog).findByText("€120.00")).toBeInTheDocument();
  expect(within(dialog).getByText(/^No postback fires/)).toBeInTheDocument();
  await user.type(within(dialog).getByLabelText("Reason (optional)"), "wrong click");
  await user.click(within(dialog).getByRole("button", { name: "Undo attribution" }));
  expect(await within(dialog).findByText("It was undone meanwhile.")).toBeInTheDocument();
  expect(undone).toMatchObject([{ id: conversion.id, reason: "wrong click" }]);
});

it("staff filter by integration", async () => {
  const world = new World(3);
  world.role = "MANAGER";
  world.also = { integrations: [{ __typename: "Integration", id: "I7", name: "Royal Spin" }] };
  const { user, path } = open("/conversions", world);
  await user.click(await screen.findByRole("button", { name: "Filter by integration" }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Royal Spin" }));
  expect(path()).toContain("integration=I7");
  await waitFor(() => {
    expect(world.lastSent("Conversions")).toMatchObject({ filter: { integrationIds: ["I7"] } });
  });
});

it("an address with an integration is harmless to an affiliate", async () => {
  const world = new World(3);
  open("/conversions?integration=I7", world);
  await screen.findByRole("table", { name: /Conversions/ });
  expect(world.lastSent("Conversions")).toHaveProperty("filter", {});
  expect(screen.queryByRole("button", { name: /integration/i })).toBeNull();
});
