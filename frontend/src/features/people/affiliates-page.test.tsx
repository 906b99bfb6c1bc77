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

it("the audit reads as sentences, and what changed opens below", async () => {
  const { user } = open("/staff/audit", staffWorld());
  const sentence = await screen.findByText(/changed the URL of postback “Keitaro FTD” of North Star Media/);
  expect(screen.getByText("https://old.example/")).not.toBeVisible();
  await user.click(sentence);
  expect(screen.getByText("https://old.example/").tagName).toBe("DEL");
  expect(screen.getByText("https://new.example/")).toBeVisible();
});

it("a call of the inbound log opens beside it, and the list keeps its filter", async () => {
  const { user, path } = open("/staff/received?result=recorded", staffWorld());
  const table = await screen.findByRole("table", { name: "Inbound log" });
  await user.click((await within(table).findAllByRole("link"))[0] ?? table);
  const panel = await screen.findByRole("region", { name: "Call" });
  expect(await within(panel).findByText("198.51.100.7")).toBeInTheDocument();
  expect(path()).toBe("/staff/received/R1?result=recorded");
  await user.keyboard("{Escape}");
  await waitFor(() => {
    expect(path()).toBe("/staff/received?result=recorded");
  });
});

it("attributing says first which conversion, whose it becomes, what is paid and what fires", async () => {
  const world = staffWorld();
  const [orphan] = world.conversions;
  const [click] = world.clicks;
  if (!orphan || !click) throw new Error("the world is empty");
  Object.assign(orphan, {
    integration: { __typename: "Integration", id: "I1", name: "Royal Reels" },
    proposals: [{ kind: "CLICK_ELSEWHERE", reason: "The click id came in sub2.", click }],
  });
  const { user } = open("/staff/unattributed", world);
  await user.click(await screen.findByRole("button", { name: "North Star Media" }));
  const dialog = await screen.findByRole("dialog", { name: "Attribute this conversion" });
  expect(await within(dialog).findByText("$120.00")).toBeInTheDocument();
  expect(dialog).toHaveTextContent(orphan.transactionId);
  expect(
    within(within(dialog).getByRole("list", { name: "Postbacks that fire" })).getAllByRole("listitem"),
  ).toHaveLength(1);
});

it("goals are one table", async () => {
  open("/staff/goals", staffWorld());
  const table = await screen.findByRole("table", { name: "Goals" });
  expect((await within(table).findAllByRole("button", { name: /^Edit / })).length).toBeGreaterThan(2);
});

it("the rail groups the pages of staff under labels", async () => {
  open("/staff/goals", staffWorld());
  const group = await screen.findByRole("list", { name: "Traffic" });
  expect(
    within(group)
      .getAllByRole("link")
      .map((link) => link.textContent),
  ).toEqual(["Inbound log", "Unattributed", "Manual conversions"]);
});
