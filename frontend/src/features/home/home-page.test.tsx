import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

it("shows the day against yesterday, what needs attention, and a new delivery as it happens", async () => {
  const { world } = open("/", new World(4));
  expect(await screen.findByText("1,648")).toBeInTheDocument();
  expect(screen.getByText(/1,500 yesterday at this time/)).toBeInTheDocument();
  expect(screen.getByText("$1,440.00")).toBeInTheDocument();
  expect(await screen.findByRole("link", { name: "Telegram alert" })).toBeInTheDocument();
  for (const goal of ["Deposit", "CPA"]) {
    expect(screen.getByRole("link", { name: new RegExp(`^${goal} has no postback in `) })).toHaveAttribute(
      "href",
      expect.stringContaining("/postbacks/new?"),
    );
  }
  const table = await screen.findByRole("table", { name: "Latest postbacks sent" });
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

it("leads somebody without a campaign from the first postback to the first delivery", async () => {
  const world = new World(0);
  world.campaigns.length = 0;
  world.postbacks.length = 0;
  world.clicks.length = 0;
  world.alerts.length = 0;
  open("/", world);
  const list = await screen.findByRole("list", { name: "Checklist" });
  expect(screen.getByText("0 of 3 done")).toBeInTheDocument();
  expect(within(list).getByRole("link", { name: "New tracker" })).toHaveAttribute("href", "/postbacks/new");
  expect(within(list).getByRole("link", { name: "Tracking link" })).toHaveAttribute("href", "/links");
  expect(await screen.findByText("Nothing: there is no postback yet.")).toBeInTheDocument();
});

it("keeps what is ignored apart until it is shown again", async () => {
  const { world, user } = open("/");
  const list = await screen.findByRole("list", { name: "Needs attention" });
  expect(list).toHaveTextContent("your tracker answers 503");
  const [first] = world.alerts;
  if (!first) throw new Error("there is no alert");
  const raised = { ...first, id: "AL2", message: "Registration is held." };
  world.alerts.unshift(raised);
  world.happen("alertChanged", raised);
  await screen.findByText(/Registration is held/);
  await user.click(screen.getByRole("button", { name: "Ignore: CPA" }));
  await screen.findByText("1 ignored item");
  expect(within(list).queryByRole("link", { name: /^CPA has no postback/ })).not.toBeInTheDocument();
  await user.click(screen.getByText("1 ignored item"));
  await user.click(screen.getByRole("button", { name: "Show again: CPA" }));
  await within(list).findByRole("link", { name: /^CPA has no postback/ });
});

it("says what waits before it says that nothing does", async () => {
  const world = new World(0);
  world.alerts.length = 0;
  world.campaigns.length = 0;
  for (const postback of world.postbacks) postback.holdReason = null;
  world.add("QUEUED");
  open("/", world);
  expect(
    await screen.findByText("Nothing to do: 1 delivery is on the way to your tracker."),
  ).toBeInTheDocument();
});
