import { screen, waitFor, within } from "@testing-library/react";
import { expect, it, vi } from "vitest";

import { pick } from "@/test/basics";
import { open } from "@/test/render";
import { held, loseNetwork, refusal, staffWorld, unreachable } from "@/test/staff";

const address = "/staff/affiliates/A1";

async function panel() {
  return within(await screen.findByRole("region", { name: "Affiliate" }));
}

it("drawing one component changes no other", async () => {
  const complained = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { user } = open("/staff/affiliates", staffWorld());
  await user.click(await screen.findByRole("link", { name: "Nordic Media" }));
  await (await panel()).findByText("ole@nordic.example");
  const said = complained.mock.calls.map(([first]) => String(first));
  complained.mockRestore();
  expect(said).toEqual([]);
});

it("a password is reset after a question, and shown once", async () => {
  const world = staffWorld();
  const reset: unknown[] = [];
  world.also = {
    resetPassword: ({ input }: { input: unknown }) => {
      reset.push(input);
      return { password: "correct-horse", userErrors: [] };
    },
  };
  const { user } = open(address, world);
  await user.click(await (await panel()).findByRole("button", { name: "Reset password" }));
  const asked = within(await screen.findByRole("dialog", { name: "Reset password" }));
  expect(asked.getByText(/all sessions and API tokens are revoked/)).toBeInTheDocument();
  expect(reset).toEqual([]);
  await user.click(asked.getByRole("button", { name: "Reset password" }));
  const shown = within(await screen.findByRole("dialog", { name: "Password (shown once)" }));
  expect(shown.getByText("correct-horse")).toBeInTheDocument();
  expect(shown.getByText("anna@northstar.example")).toBeInTheDocument();
  expect(reset).toMatchObject([{ id: "U10" }]);
  await user.keyboard("{Escape}");
  await waitFor(() => {
    expect(screen.queryByText("correct-horse")).not.toBeInTheDocument();
  });
});

it("a reset that did not arrive shows no password, and says so where it was asked", async () => {
  const { user } = open(address, staffWorld());
  await user.click(await (await panel()).findByRole("button", { name: "Reset password" }));
  const asked = within(await screen.findByRole("dialog", { name: "Reset password" }));
  loseNetwork();
  await user.click(asked.getByRole("button", { name: "Reset password" }));
  expect(await asked.findByText(unreachable)).toBeInTheDocument();
  expect(screen.queryByRole("dialog", { name: "Password (shown once)" })).not.toBeInTheDocument();
});

it("disabling is asked first, enabling is not, and a refusal of either is seen", async () => {
  const world = staffWorld();
  const { user } = open(address, world);
  const users = within(await (await panel()).findByRole("list", { name: "Users: North Star Media" }));
  await user.click(users.getByRole("button", { name: "Disable" }));
  await user.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(users.getByText("Active")).toBeInTheDocument();
  await user.click(users.getByRole("button", { name: "Disable" }));
  await user.click(await screen.findByRole("button", { name: "Disable anna@northstar.example" }));
  expect(await users.findByText("Disabled")).toBeInTheDocument();
  world.failures.set("StaffSetDisabled", { message: "The database is away." });
  await user.click(users.getByRole("button", { name: "Enable" }));
  expect(await (await panel()).findByRole("alert")).toHaveTextContent("The database is away.");
  world.failures.clear();
  await user.click(users.getByRole("button", { name: "Enable" }));
  expect(await users.findByText("Active")).toBeInTheDocument();
  expect((await panel()).queryByRole("alert")).not.toBeInTheDocument();
});

it("a user of an affiliate is created with that role; an address that is taken is said at its field", async () => {
  const world = staffWorld();
  const made: { email: string }[] = [];
  world.also = {
    createUser: ({ input }: { input: { email: string; name: string } }) => {
      if (input.email === "anna@northstar.example")
        return { user: null, password: null, ...refusal("email", "is taken") };
      made.push(input);
      const [like] = world.affiliates[0]?.users ?? [];
      const named = { ...input, name: input.name === "" ? null : input.name };
      if (like) world.affiliates[0]?.users.push({ ...like, id: "U99", ...named });
      return { user: { ...like, id: "U99", ...named }, password: "fresh-one", userErrors: [] };
    },
  };
  const { user } = open(address, world);
  await user.click(await (await panel()).findByRole("button", { name: "New user" }));
  const dialog = within(await screen.findByRole("dialog", { name: "New user: North Star Media" }));
  expect(dialog.queryByRole("radiogroup", { name: "Role" })).not.toBeInTheDocument();
  const email = dialog.getByLabelText("E-mail");
  await user.click(email);
  await user.paste("anna@northstar.example");
  await user.click(dialog.getByRole("button", { name: "Create user" }));
  await waitFor(() => {
    expect(email).toHaveAccessibleDescription(/Is taken\./);
  });
  await user.clear(email);
  await user.click(email);
  await user.paste("bea@northstar.example");
  await user.click(dialog.getByRole("button", { name: "Create user" }));
  const shown = within(await screen.findByRole("dialog", { name: "Password (shown once)" }));
  expect(shown.getByText("fresh-one")).toBeInTheDocument();
  expect(made).toEqual([{ email: "bea@northstar.example", name: "", role: "AFFILIATE", affiliateId: "A1" }]);
  await user.keyboard("{Escape}");
  expect(await (await panel()).findByText("bea@northstar.example")).toBeInTheDocument();
});

it("an affiliate without users says that nobody can sign in", async () => {
  const world = staffWorld();
  pick(world.affiliates, 0).users = [];
  open(address, world);
  expect(await (await panel()).findByText("No users yet: nobody can sign in.")).toBeInTheDocument();
});

it("the staff are not said to be none while they are fetched, nor where they could not be", async () => {
  const world = staffWorld();
  const { answer, release } = held(world.staff);
  world.failures.set("StaffUsers", { message: "The database is away." });
  world.also = { staff: () => answer };
  const { user } = open("/staff/affiliates?of=staff", world);
  expect(await screen.findByText("The staff could not be fetched")).toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("status", { name: "Loading the staff" })).toBeInTheDocument();
  expect(screen.queryByText(/nobody can sign in/)).not.toBeInTheDocument();
  release();
  expect(await screen.findByText("Max Berg")).toBeInTheDocument();
  expect(screen.queryByRole("searchbox", { name: "Search affiliates" })).not.toBeInTheDocument();
});

it("an admin makes a staff user of the role that is chosen", async () => {
  const world = staffWorld("ADMIN");
  const made: unknown[] = [];
  world.also = {
    createUser: ({ input }: { input: object }) => {
      made.push(input);
      return { user: { ...world.staff[0], ...input, id: "U98" }, password: "fresh-one", userErrors: [] };
    },
  };
  const { user } = open("/staff/affiliates?of=staff", world);
  await user.click(await screen.findByRole("button", { name: "New user" }));
  const dialog = within(await screen.findByRole("dialog", { name: "New user: staff" }));
  await user.click(dialog.getByLabelText("E-mail"));
  await user.paste("ida@postrider.example");
  await user.click(dialog.getByRole("radio", { name: "Admin" }));
  await user.click(dialog.getByRole("button", { name: "Create user" }));
  expect(await screen.findByText("fresh-one")).toBeInTheDocument();
  expect(made).toEqual([{ email: "ida@postrider.example", name: "", role: "ADMIN" }]);
});

it("a manager is offered no new staff user", async () => {
  open("/staff/affiliates?of=staff", staffWorld());
  expect(await screen.findByText("Max Berg")).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "New user" })).not.toBeInTheDocument();
});
