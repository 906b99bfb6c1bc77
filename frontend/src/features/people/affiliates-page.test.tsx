import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { pick } from "@/test/basics";
import { open } from "@/test/render";
import { refusal, staffWorld } from "@/test/staff";

it("affiliates are searched, and one opens beside the list with its users", async () => {
  const { user, path } = open("/staff/affiliates", staffWorld());
  await screen.findByRole("link", { name: "North Star Media" });
  await user.type(screen.getByRole("searchbox", { name: "Search affiliates" }), "nordic");
  await waitFor(() => {
    expect(screen.queryByRole("link", { name: "North Star Media" })).not.toBeInTheDocument();
  });
  await user.click(screen.getByRole("link", { name: "Nordic Media" }));
  const panel = await screen.findByRole("region", { name: "Affiliate" });
  await within(panel).findByText("ole@nordic.example");
  expect(path()).toBe("/staff/affiliates/A2?q=nordic");
  await user.click(within(panel).getByRole("button", { name: "Close" }));
  await waitFor(() => {
    expect(path()).toBe("/staff/affiliates?q=nordic");
  });
});

it("a manager is chosen for an affiliate, and the list says who", async () => {
  const { user } = open("/staff/affiliates/A1", staffWorld());
  const panel = await screen.findByRole("region", { name: "Affiliate" });
  await user.click(await within(panel).findByRole("button", { name: /Manager/ }));
  await user.click(await screen.findByRole("option", { name: /Max Berg/ }));
  expect(
    await within(await screen.findByRole("table", { name: "Affiliates" })).findByText("Max Berg"),
  ).toBeInTheDocument();
});

it("nobody can disable himself: the control is off and says why", async () => {
  const world = staffWorld("ADMIN");
  const [, admin] = world.staff;
  if (admin) admin.id = "U9";
  const { user } = open("/staff/affiliates?of=staff", world);
  const list = await screen.findByRole("list", { name: "Users: staff" });
  const rows = await within(list).findAllByRole("listitem");
  const buttons = rows.map((row) => within(row).getByRole("button", { name: "Disable" }));
  expect(buttons[0]).toBeDisabled();
  expect(buttons[0]).toHaveAccessibleDescription(/Nobody can disable himself/);
  expect(buttons[1]).toBeEnabled();
  await user.click(buttons[1] ?? list);
  await user.click(await screen.findByRole("button", { name: "Disable adrian@postrider.example" }));
  expect(await within(list).findByText("Disabled")).toBeInTheDocument();
});

it("a manager changes no staff user", async () => {
  open("/staff/affiliates?of=staff", staffWorld());
  const list = await screen.findByRole("list", { name: "Users: staff" });
  for (const button of within(list).getAllByRole("button")) expect(button).toBeDisabled();
  expect(within(list).getByText("Only admins change staff users.")).toBeInTheDocument();
});

it("an affiliate is created; a name that is taken is said at its field, and the list has the new one", async () => {
  const world = staffWorld();
  world.also = {
    createAffiliate: ({ input }: { input: { name: string } }) => {
      if (input.name === "Nordic") return { affiliate: null, ...refusal("name", "is taken") };
      const made = { ...pick(world.affiliates, 0), id: "A9", name: input.name, users: [] };
      world.affiliates.push(made);
      return { affiliate: made, userErrors: [] };
    },
  };
  const { user } = open("/staff/affiliates", world);
  await user.click(await screen.findByRole("button", { name: "New affiliate" }));
  const dialog = within(await screen.findByRole("dialog", { name: "New affiliate" }));
  await user.type(dialog.getByLabelText("Name"), "Nordic");
  await user.click(dialog.getByRole("button", { name: "Create affiliate" }));
  await waitFor(() => {
    expect(dialog.getByLabelText("Name")).toHaveAccessibleDescription(/Is taken\./);
  });
  await user.type(dialog.getByLabelText("Name"), " 2");
  await user.click(dialog.getByRole("button", { name: "Create affiliate" }));
  expect(
    await screen.findByText("Created affiliate Nordic 2, with a link for every offer"),
  ).toBeInTheDocument();
  expect(await screen.findByRole("link", { name: "Nordic 2" })).toBeInTheDocument();
});

it("an empty network says what an affiliate is; a search that finds none says so instead", async () => {
  const world = staffWorld();
  world.affiliates = [];
  const { user } = open("/staff/affiliates", world);
  expect(await screen.findByText("No affiliate yet")).toBeInTheDocument();
  expect(screen.getAllByRole("button", { name: "New affiliate" })).toHaveLength(2);
  await user.type(screen.getByRole("searchbox", { name: "Search affiliates" }), "x");
  expect(await screen.findByText("No affiliate matches")).toBeInTheDocument();
});

it("affiliates that could not be fetched are asked for again; one that there is not is said to be none", async () => {
  const world = staffWorld();
  world.failures.set("StaffAffiliates", { message: "The database is away." });
  const { user, path } = open("/staff/affiliates/A77", world);
  expect(await screen.findByText("There is no such affiliate")).toBeInTheDocument();
  expect(await screen.findByText("The affiliates could not be fetched")).toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("link", { name: "Nordic Media" })).toBeInTheDocument();
  await user.click(screen.getAllByRole("button", { name: "Back to the list" }).at(-1) ?? document.body);
  await waitFor(() => {
    expect(path()).toBe("/staff/affiliates");
  });
});

it("only who may sign in is counted, and only who may is offered as a manager", async () => {
  const world = staffWorld();
  pick(pick(world.affiliates, 1).users, 0).disabledAt = "2026-01-01T00:00:00Z";
  pick(world.staff, 1).disabledAt = "2026-01-01T00:00:00Z";
  const { user } = open("/staff/affiliates/A1", world);
  const row = await screen.findByRole("row", { name: /Nordic Media/ });
  expect(within(row).getByText("0")).toBeInTheDocument();
  const panel = within(await screen.findByRole("region", { name: "Affiliate" }));
  await user.click(await panel.findByRole("button", { name: /Manager/ }));
  expect((await screen.findAllByRole("option")).map((option) => option.textContent)).toEqual([
    "No manager",
    "Max Bergmax@postrider.example",
  ]);
});

it("a manager who may not be set is said where he was chosen, and the old one stays", async () => {
  const world = staffWorld();
  world.also = { setManager: () => ({ affiliate: null, ...refusal("userId", "is disabled") }) };
  const { user } = open("/staff/affiliates/A1", world);
  const panel = within(await screen.findByRole("region", { name: "Affiliate" }));
  const choose = await panel.findByRole("button", { name: /Manager/ });
  await user.click(choose);
  await user.click(await screen.findByRole("option", { name: /Max Berg/ }));
  expect(await panel.findByText("Is disabled.")).toBeInTheDocument();
  expect(choose).toHaveTextContent("No manager");
});
