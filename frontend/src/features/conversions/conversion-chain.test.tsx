import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { ago, hexId, now, pick } from "@/test/basics";
import { goals } from "@/test/catalogue";
import { open } from "@/test/render";
import { World } from "@/test/world";

type Considered = Record<string, unknown>;

/** One conversion, and a trace of it that differs as said. */
function traced(
  change: (world: World) => { click?: unknown; considered?: Considered[]; deliveries?: unknown[] },
) {
  const world = new World(1);
  const conversion = pick(world.conversions, 0);
  const trace = { conversion, click: conversion.click, considered: [], deliveries: [], ...change(world) };
  world.also = { conversionTrace: () => trace };
  return { world, conversion };
}

const chain = () => screen.findByRole("region", { name: "Conversion" });

it("each postback says why it fired or did not; those that fired come first", async () => {
  const { world, conversion } = traced(({ postbacks, conversions, deliveries }) => {
    const event = pick(conversions, 0).events[0];
    const not = { event, fired: false, aggregatedInto: null };
    return {
      considered: [
        { ...not, postback: postbacks[0], rule: "STATUS", reason: "It fires for approved; this is pending." },
        { ...not, postback: postbacks[3], rule: "DISABLED", reason: "" },
        {
          event,
          fired: true,
          aggregatedInto: null,
          postback: postbacks[1],
          rule: "MATCHED",
          reason: "All match.",
        },
        {
          ...not,
          postback: postbacks[4],
          rule: "MATCHED",
          reason: "Sent with others.",
          aggregatedInto: deliveries[0],
        },
      ],
    };
  });
  open(`/conversions/${conversion.id}`, world);
  const detail = await chain();
  expect(await within(detail).findByText("0 deliveries, 0 delivered.")).toBeInTheDocument();
  const step = within(detail).getByRole("heading", { name: "4 postbacks considered, 1 fired" }).closest("li");
  if (!step) throw new Error("no step");
  const lines = within(step).getAllByRole("listitem");
  expect(lines[0]).toHaveTextContent("Keitaro salesFTD, all campaignsIt fired. All match.");
  expect(lines[1]).toHaveTextContent(
    "Keitaro leadsRegistration, all campaignsIt did not fire. It fires for approved; this is pending.",
  );
  // A rule without a sentence is named.
  expect(lines[2]).toHaveTextContent("Casino teamFTD, one offerIt did not fire. disabled");
  const [delivery] = world.deliveries;
  expect(lines[3]).toHaveTextContent(/one campaign.*Sent with others\. Aggregated into delivery …/);
  expect(within(lines[3] ?? step).getByRole("link", { name: /^…/ })).toHaveAttribute(
    "href",
    `/deliveries/${delivery?.id ?? ""}`,
  );
  expect(within(detail).getByText("Nothing was sent.")).toBeInTheDocument();
});

it("a postback for another tracker leads to its tracker", async () => {
  const { world, conversion } = traced(({ postbacks, conversions }) => {
    const event = pick(conversions, 0).events[0];
    const not = { event, fired: false, aggregatedInto: null };
    const reason = "For another tracker: its clicks carry click ids of “Keitaro”, not of “Voluum”.";
    const tracker = { __typename: "Tracker" as const, id: "T2", name: "Voluum" };
    return {
      considered: [
        { ...not, postback: { ...pick(postbacks, 0), tracker }, rule: "TRACKER", reason },
        { ...not, postback: { ...pick(postbacks, 1), tracker }, rule: "DISABLED", reason: "It is off." },
      ],
    };
  });
  open(`/conversions/${conversion.id}`, world);
  const detail = await chain();
  expect(await within(detail).findByText(/^For another tracker: its clicks/)).toBeInTheDocument();
  expect(within(detail).getByRole("link", { name: "Campaigns of Voluum" })).toHaveAttribute(
    "href",
    "/trackers/T2",
  );
});

it("nothing sent is told from nothing there to send it", async () => {
  const { world, conversion } = traced(() => ({ click: null }));
  const { user, path } = open(`/conversions/${conversion.id}`, world);
  const detail = await chain();
  expect(
    await within(detail).findByText("No postback was considered: none existed when it was recorded."),
  ).toBeInTheDocument();
  expect(detail).toHaveTextContent(/The click …\w{8}.* is no longer kept\./);
  await user.click(within(detail).getByRole("link", { name: "Create postback" }));
  await waitFor(() => {
    expect(path()).toBe("/postbacks/new");
  });
});

it("a conversion without a click, capped, and matched by none says each", async () => {
  const { world, conversion } = traced(({ postbacks, conversions }) => ({
    click: null,
    considered: [
      {
        event: pick(conversions, 0).events[0],
        fired: false,
        aggregatedInto: null,
        postback: postbacks[0],
        rule: "GOAL",
        reason: "Another goal.",
      },
    ],
  }));
  Object.assign(conversion, {
    clickId: null,
    campaign: null,
    cappedBy: "CAMPAIGN",
    payout: null,
    amount: null,
  });
  open(`/conversions/${conversion.id}`, world);
  const detail = await chain();
  expect(
    await within(detail).findByText("Nothing was sent: 1 postback was considered, none matched."),
  ).toBeInTheDocument();
  expect(
    within(detail).getByText("No click: attributed by player, or not attributed yet."),
  ).toBeInTheDocument();
  expect(detail).toHaveTextContent("– Not paid: the daily cap of the campaign was used up.");
  expect(within(detail).queryByText("Campaign")).not.toBeInTheDocument();
  // Whose it is, is for staff.
  expect(within(detail).queryByText("Affiliate")).not.toBeInTheDocument();
});

it("a failure that was replayed says so in the chain, and leads to its delivery", async () => {
  const world = new World(0);
  const failed = world.add("FAILED");
  const replay = { id: "Y77", state: "DELIVERED", deliveryId: hexId(now, 77) };
  Object.assign(failed, { supersededBy: { ...failed, ...replay } });
  open("/conversions/V1", world);
  const detail = await chain();
  expect(await within(detail).findByText("Failed, replayed: delivered")).toBeInTheDocument();
  expect(
    within(detail).getByText(/answered 403, most often a firewall.*let us in, then replay/, {
      selector: "p.mb-2",
    }),
  ).toBeInTheDocument();
  const links = within(detail).getAllByRole("link", { name: failed.postback.name });
  expect(links.map((link) => link.getAttribute("href"))).toContain(`/deliveries/${failed.id}`);
});

it("follows its deliveries while it is open", async () => {
  const world = new World(0);
  const delivery = world.add("QUEUED");
  open("/conversions/V1", world);
  const detail = await chain();
  expect(await within(detail).findByText("1 delivery, 0 delivered.")).toBeInTheDocument();
  await waitFor(() => {
    // The list beside it follows them too.
    expect(world.listening("deliveryUpdated")).toBe(2);
  });
  world.move(delivery, "DELIVERED");
  expect(await within(detail).findByText("1 delivery, 1 delivered.")).toBeInTheDocument();
});

it("filters of conversions stand in the address and in both questions", async () => {
  const world = new World(6);
  const { user, path } = open("/conversions?goal=ftd&status=approved", world);
  const filter = { goals: ["ftd"], statuses: ["APPROVED"] };
  await waitFor(() => {
    expect(world.lastSent("Conversions")).toMatchObject({ after: null, filter });
    expect(world.lastSent("ConversionTotals")).toEqual({ filter });
  });
  expect(await screen.findByRole("button", { name: /^Goal\s*FTD$/ })).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: /^Status\s*Approved$/ }));
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "Pending" }));
  await waitFor(() => {
    expect(world.lastSent("ConversionTotals")).toEqual({
      filter: { goals: ["ftd"], statuses: ["PENDING", "APPROVED"] },
    });
  });
  expect(path()).toBe("/conversions?goal=ftd&status=pending,approved");
  await user.keyboard("{Escape}");
  await user.click(await screen.findByRole("button", { name: "Clear goal" }));
  await waitFor(() => {
    expect(path()).toBe("/conversions?status=pending,approved");
  });
});

it("a conversion's line says how many postbacks it fired, by what became of them", async () => {
  const world = new World(0);
  const first = world.add("FAILED", 3000);
  const conversion = pick(world.conversions, 0);
  const also = (id: string, state: string) => ({ ...first, id, state });
  conversion.deliveries = [
    { ...first, supersededBy: { id: "Y9" } },
    also("Y8", "DELIVERED"),
    also("Y9", "DELIVERED"),
    also("Y10", "RETRYING"),
  ];
  world.add("QUEUED");
  Object.assign(pick(world.conversions, 0), {
    deliveries: [],
    campaign: null,
    goal: pick(goals, 4),
    receivedAt: ago(0),
  });
  open("/conversions", world);
  const fired = await screen.findByRole("row", { name: /Retrying.*2.*Delivered/ });
  expect(within(fired).queryByText("Failed")).not.toBeInTheDocument();
  expect(screen.getByRole("row", { name: /^CPA.*None fired/ })).toBeInTheDocument();
});

it("totals that cannot be calculated take nothing from the list; no conversion leads to the links", async () => {
  const world = new World(0);
  world.failures.set("ConversionTotals", { message: "too slow" });
  open("/conversions", world);
  expect(await screen.findByText("Totals could not be calculated.")).toBeInTheDocument();
  expect(await screen.findByText("No conversion yet")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Get tracking link" })).toHaveAttribute("href", "/links");
});

it("totals of more than can be counted say so", async () => {
  const world = new World(2);
  world.also = { conversionTotals: { count: 10_000, capped: true, payouts: [] } };
  open("/conversions", world);
  expect(await screen.findByText("The newest 10,000 conversions")).toBeInTheDocument();
});

it("staff see what the operator says that it pays, and how far that is from our payout", async () => {
  const { world, conversion } = traced(() => ({}));
  world.role = "MANAGER";
  const usd = (amount: string) => ({ amount, currency: "USD" });
  Object.assign(conversion, { reportedPayout: usd("150.00"), payoutDifference: usd("30.00") });
  open(`/conversions/${conversion.id}`, world);
  const fact = (await within(await chain()).findByText("Operator’s payout")).parentElement;
  expect(fact).toHaveTextContent("$150.00, less our payout: $30.00");
});
