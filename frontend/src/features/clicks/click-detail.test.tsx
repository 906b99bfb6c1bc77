import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { connection, pick, usd } from "@/test/basics";
import { goals, offers } from "@/test/catalogue";
import { open } from "@/test/render";
import { World } from "@/test/world";

it("a click shows all that is known of it, and what came of it leads on", async () => {
  const world = new World(0);
  const click = pick(world.clicks, 0);
  world.add("DELIVERED");
  const conversion = pick(world.conversions, 0);
  click.conversions = connection(
    [{ ...conversion, id: "V90", goal: pick(goals, 4), payout: usd("90.00"), reversed: true }, conversion],
    {},
  );
  Object.assign(click, { country: "DE", deepLink: "https://play.example/promo", test: true });
  const { path, user } = open(`/clicks/${click.id}`, world);
  const detail = await screen.findByRole("region", { name: "Click" });
  expect(await within(detail).findByText("Germany")).toBeInTheDocument();
  expect(within(detail).getByText("https://play.example/promo")).toBeInTheDocument();
  expect(within(detail).getByText("No report counts it.")).toBeInTheDocument();
  expect(within(detail).getByRole("button", { name: "Copy param_1" })).toBeInTheDocument();
  expect(within(detail).getByText("Reversed")).toBeInTheDocument();
  expect(within(detail).getByText("$90.00")).toBeInTheDocument();
  expect(within(detail).getByRole("link", { name: "CPA" })).toHaveAttribute("href", "/conversions/V90");

  await user.click(within(detail).getByRole("button", { name: "Close" }));
  await waitFor(() => {
    expect(path()).toBe("/clicks");
  });
});

it("what did not come with a click is said, not left blank", async () => {
  const world = new World(0);
  const click = pick(world.clicks, 0);
  Object.assign(click, {
    country: null,
    campaign: null,
    userAgent: null,
    param1: null,
    param2: null,
    param3: null,
  });
  open(`/clicks/${click.id}`, world);
  const detail = await screen.findByRole("region", { name: "Click" });
  expect(await within(detail).findByText("Unknown")).toBeInTheDocument();
  expect(within(detail).getByText("The offer's default link")).toBeInTheDocument();
  expect(within(detail).getByText("None sent")).toBeInTheDocument();
  expect(within(detail).getAllByText("Not passed")).toHaveLength(3);
  expect(within(detail).getByText("None so far.")).toBeInTheDocument();
  expect(within(detail).queryByText("Test click")).not.toBeInTheDocument();
  expect(within(detail).queryByText("Deep link")).not.toBeInTheDocument();
});

it("a click that is not there, or cannot be fetched, leaves a way on", async () => {
  const world = new World(0);
  world.failures.set("Click", { message: "The database is away." });
  const { user, path } = open("/clicks/K404?param=none", world);
  const detail = await screen.findByRole("region", { name: "Click" });
  expect(await within(detail).findByText("The click could not be fetched")).toBeInTheDocument();
  expect(within(detail).getByText("The database is away.")).toBeInTheDocument();
  world.failures.clear();
  await user.click(within(detail).getByRole("button", { name: "Try again" }));
  expect(await within(detail).findByText("There is no such click")).toBeInTheDocument();
  const [back] = within(detail).getAllByRole("button", { name: "Back to the list" }).slice(-1);
  if (back) await user.click(back);
  // The filter is kept.
  await waitFor(() => {
    expect(path()).toBe("/clicks?param=none");
  });
});

it("filters stand in the address and in what is asked for, and are cleared at once", async () => {
  const world = new World(0);
  world.timeZone = "America/New_York";
  const { user, path } = open("/clicks?from=2026-06-01&to=2026-06-02&campaign=C2", world);
  await waitFor(() => {
    expect(world.lastSent("Clicks")).toEqual({
      after: null,
      filter: { campaignIds: ["C2"], from: "2026-06-01T04:00:00.000Z", to: "2026-06-03T04:00:00.000Z" },
    });
  });
  await user.click(await screen.findByRole("button", { name: "Filter by param_1" }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Only clicks without param_1" }));
  await waitFor(() => {
    expect(world.lastSent("Clicks")).toMatchObject({ filter: { campaignIds: ["C2"], hasParam: false } });
  });
  expect(path()).toContain("param=none");
  world.clicks.length = 0;
  await user.click(screen.getByRole("button", { name: "Clear campaign" }));
  expect(await screen.findByText("No click matches")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  await waitFor(() => {
    expect(path()).toBe("/clicks");
  });
  expect(world.lastSent("Clicks")).toEqual({ after: null, filter: {} });
  expect(await screen.findByText("No click yet")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Get tracking link" })).toHaveAttribute("href", "/links");
});

it("a click's line says which goals it reached and how often, and that it was a test", async () => {
  const world = new World(0);
  const click = pick(world.clicks, 0);
  const reached = (goal: number, n: number) => ({ id: `V${String(n)}`, goal: pick(goals, goal) });
  click.conversions = connection([reached(0, 1), reached(3, 2), reached(3, 3)], {});
  Object.assign(click, { test: true, campaign: null, offer: pick(offers, 0) });
  world.clicks = [click, pick(world.clicks, 1)];
  open("/clicks", world);
  const line = await screen.findByRole("row", { name: /Registration, Deposit × 2/ });
  expect(line).toHaveTextContent("Royal Reels Casino Test");
  expect(screen.getByRole("row", { name: /None$/ })).toBeInTheDocument();
});

it("while the network is away the list says so, and comes back by its button", async () => {
  const world = new World(0);
  const { user } = open("/clicks", world);
  await screen.findByRole("table", { name: /Clicks/ });
  world.isAway = true;
  await user.type(screen.getByRole("searchbox", { name: "Search clicks" }), "zzz{Enter}");
  expect(await screen.findByText("The clicks could not be fetched")).toBeInTheDocument();
  expect(screen.getByText(/The server could not be reached\. Check the connection/)).toBeInTheDocument();
  world.isAway = false;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No click matches")).toBeInTheDocument();
});
