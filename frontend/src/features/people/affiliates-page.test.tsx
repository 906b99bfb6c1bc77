import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

function staffWorld(role: "MANAGER" | "ADMIN" = "MANAGER"): World {
  const world = new World(3);
  world.role = role;
  return world;
}

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
