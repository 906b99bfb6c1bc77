import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

it("shows the day against yesterday, what needs attention, and a new delivery as it happens", async () => {
  const { world } = open("/", new World(4));
  expect(await screen.findByText("1,648")).toBeInTheDocument();
  expect(screen.getByText(/1,500 yesterday by now/)).toBeInTheDocument();
  expect(screen.getByText("$1,440.00")).toBeInTheDocument();
  expect(await screen.findByRole("link", { name: "Telegram alert" })).toBeInTheDocument();
  expect(screen.getByText(/2 goals have no postback/)).toBeInTheDocument();
  const table = await screen.findByRole("table", { name: "The last deliveries" });
  expect(await within(table).findAllByRole("link")).toHaveLength(4);
  world.add("QUEUED");
  await within(table).findByText("Queued", { selector: "span" });
});

it("ticks the checklist by what happens, and puts it away when all is done", async () => {
  const { world } = open("/");
  const list = await screen.findByRole("list", { name: "Checklist" });
  expect(within(list).getAllByRole("img", { name: "Done" })).toHaveLength(4);
  const [, , , , click] = world.checklist.steps;
  if (!click) throw new Error("there is no such step");
  click.done = true;
  world.happen("setupChecklistChanged", world.checklist);
  await screen.findByText("5 of 6 done");
  world.checklist.done = true;
  world.happen("setupChecklistChanged", world.checklist);
  await waitFor(() => {
    expect(screen.queryByRole("list", { name: "Checklist" })).not.toBeInTheDocument();
  });
});

it("shows alerts as they are raised, until they are dismissed", async () => {
  const { world, user } = open("/");
  const alerts = await screen.findByRole("region", { name: "Alerts" });
  expect(alerts).toHaveTextContent("your tracker answers 503");
  const [first] = world.alerts;
  if (!first) throw new Error("there is no alert");
  const raised = { ...first, id: "AL2", message: "Registration is held." };
  world.alerts.unshift(raised);
  world.happen("alertChanged", raised);
  await screen.findByText(/Registration is held/);
  for (const button of screen.getAllByRole("button", { name: "Dismiss the alert" })) {
    // One after the other.
    // eslint-disable-next-line no-await-in-loop
    await user.click(button);
  }
  await waitFor(() => {
    expect(screen.queryByRole("region", { name: "Alerts" })).not.toBeInTheDocument();
  });
});
