import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { ago, connection } from "@/test/basics";
import { open } from "@/test/render";
import { World } from "@/test/world";

function clashesWorld() {
  const world = new World(1);
  world.role = "MANAGER";
  const clash = {
    __typename: "Clash",
    id: "X1",
    reports: 2,
    lastAt: ago(60_000),
    resolution: null as string | null,
    resolvedAt: null as string | null,
    resolvedBy: null as unknown,
    recorded: null as unknown,
    differs: [
      { field: "player_id", recorded: "player-7", reported: "player-8" },
      { field: "amount", recorded: "20.00", reported: "35.00" },
    ],
    integration: { __typename: "Integration", id: "I1", name: "Royal Reels server" },
    conversion: world.conversions[0],
    report: {
      clickId: null,
      playerId: "player-8",
      transactionId: "T-1",
      status: null,
      occurredAt: ago(60_000),
      amount: { amount: "35.00", currency: "EUR" },
    },
  };
  const decided: unknown[] = [];
  const waiting = [clash];
  world.also = {
    clashes: (page: { first: number; after: string | null; open: boolean }) =>
      connection(
        waiting.filter(({ resolution }) => (resolution === null) === page.open),
        page,
      ),
    resolveClash: ({ input }: { input: { resolution: string } }) => {
      decided.push(input);
      const recorded =
        input.resolution === "SEPARATE" ? { __typename: "Conversion", id: "C9", conversionId: "c9" } : null;
      clash.resolution = input.resolution;
      clash.resolvedAt = ago(0);
      clash.resolvedBy = { __typename: "User", id: "U9", email: "manager@net.example" };
      clash.recorded = recorded;
      return { clash: { ...clash }, recorded, userErrors: [] };
    },
  };
  return { world, decided };
}

it("shows both sides of a clash with what differs, and where they lead", async () => {
  open("/staff/clashes", clashesWorld().world);
  const table = within(await screen.findByRole("table"));
  const row = (name: string) => table.getByRole("row", { name: new RegExp(`^${name}`) });
  expect(row("Player")).toHaveTextContent("player-7");
  expect(row("Player")).toHaveTextContent("player-8Differs");
  expect(row("Amount")).toHaveTextContent("€35.00Differs");
  expect(row("Click")).not.toHaveTextContent("Differs");
  expect(table.getByRole("link", { name: "Recorded" })).toHaveAttribute("href", "/conversions/V1");
  expect(screen.getByRole("link", { name: "Royal Reels server" })).toHaveAttribute(
    "href",
    "/staff/integrations/I1",
  );
});

it.each([
  ["Same event", "SAME", "Decided: the same event, nothing is recorded"],
  ["Record as another event", "SEPARATE", "Recorded as another event: conversion c9"],
])("%s is decided once, and nothing is left", async (button, resolution, said) => {
  const { world, decided } = clashesWorld();
  const { user } = open("/staff/clashes", world);
  await user.click(await screen.findByRole("button", { name: button }));
  expect(await screen.findByText(said)).toBeInTheDocument();
  expect(await screen.findByText("Nothing to decide")).toBeInTheDocument();
  expect(decided).toEqual([{ id: "X1", resolution }]);
});

it("what cannot be decided is said, and the clash stays", async () => {
  const { world } = clashesWorld();
  world.also["resolveClash"] = () => ({
    clash: null,
    recorded: null,
    userErrors: [{ field: ["id"], message: "it is already decided", code: "CONFLICT" }],
  });
  const { user } = open("/staff/clashes", world);
  await user.click(await screen.findByRole("button", { name: "Same event" }));
  expect(await screen.findByText(/already decided/)).toBeInTheDocument();
  expect(screen.getByRole("table")).toBeInTheDocument();
});

it("what is decided stays readable: what, by whom, and what came of it", async () => {
  const { world } = clashesWorld();
  const { user } = open("/staff/clashes", world);
  const record = await screen.findByRole("button", { name: "Record as another event" });
  expect(screen.getAllByText(/cannot be undone/)).toHaveLength(3);
  await user.click(record);
  await screen.findByText("Nothing to decide");
  await user.click(screen.getByRole("radio", { name: "Decided" }));
  expect(await screen.findByText(/Another event, decided by manager@net.example/)).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "the conversion that was recorded" })).toHaveAttribute(
    "href",
    "/conversions/C9",
  );
  expect(screen.queryByRole("button", { name: "Same event" })).not.toBeInTheDocument();
});
