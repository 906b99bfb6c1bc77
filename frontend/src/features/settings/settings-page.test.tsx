import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

it("a token is shown once, and can be revoked", async () => {
  const { user, world } = open("/settings");
  await user.click(await screen.findByRole("button", { name: "New token" }));
  const dialog = await screen.findByRole("dialog", { name: "New API token" });
  await user.type(within(dialog).getByLabelText("Name"), "Script");
  await user.click(within(dialog).getByLabelText(/^Replay/));
  await user.click(within(dialog).getByRole("button", { name: "Create token" }));
  expect(await within(dialog).findByText("pr_live_9fK2vX0123456789abcdef")).toBeInTheDocument();
  expect(world.tokens[1]?.scopes).toEqual(["READ", "WRITE", "CONVERSIONS"]);
  await user.click(within(dialog).getByRole("button", { name: "I have saved it" }));
  expect(screen.queryByText("pr_live_9fK2vX0123456789abcdef")).not.toBeInTheDocument();

  await user.click(await screen.findByRole("button", { name: "Revoke Script" }));
  await user.click(await screen.findByRole("button", { name: "Revoke token" }));
  await screen.findByText("Revoked Script");
  expect(world.tokens[1]?.revokedAt).not.toBeNull();
});

it("a wrong password is said on its field", async () => {
  const { user } = open("/settings");
  await user.type(await screen.findByLabelText("Current password"), "wrong");
  await user.type(screen.getByLabelText("New password"), "a better one");
  await user.click(screen.getByRole("button", { name: "Change password" }));
  await waitFor(() => {
    expect(screen.getByLabelText("Current password")).toHaveAccessibleDescription(
      "That is not your password.",
    );
  });
});

it("one's own name is changed, and what the server refuses is said on its field", async () => {
  const world = new World();
  world.name = "Anna";
  const { user } = open("/settings", world);
  await screen.findByLabelText("Your name");
  await waitFor(() => {
    expect(screen.getByLabelText("Your name")).toHaveValue("Anna");
  });
  expect(screen.getByRole("button", { name: "Save name" })).toBeDisabled();
  await user.clear(screen.getByLabelText("Your name"));
  await user.click(screen.getByLabelText("Your name"));
  await user.paste("x".repeat(201));
  await user.click(screen.getByRole("button", { name: "Save name" }));
  await waitFor(() => {
    expect(screen.getByLabelText("Your name")).toHaveAccessibleDescription(/longer than 200 bytes/);
  });
  expect(world.name).toBe("Anna");
  await user.clear(screen.getByLabelText("Your name"));
  await user.type(screen.getByLabelText("Your name"), " Anna Sol ");
  await user.click(screen.getByRole("button", { name: "Save name" }));
  expect(await screen.findByText("Your name is Anna Sol")).toBeInTheDocument();
  expect(screen.getByLabelText("Your name")).toHaveValue("Anna Sol");
  expect(world.name).toBe("Anna Sol");
});

it("the theme is chosen and kept", async () => {
  const { user } = open("/settings");
  await user.click(await screen.findByRole("radio", { name: "Dark" }));
  expect(document.documentElement.dataset["theme"]).toBe("dark");
  expect(localStorage.getItem("postrider.theme")).toBe("dark");
  await user.click(screen.getByRole("radio", { name: "System" }));
  expect(document.documentElement.dataset["theme"]).toBe("light");
});

it("a token is renamed", async () => {
  const world = new World(1);
  const { user } = open("/settings", world);
  await user.click(await screen.findByRole("button", { name: "Rename Reporting script" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Rename API token" }));
  const name = dialog.getByLabelText("Name");
  await user.clear(name);
  await user.type(name, "Nightly");
  await user.click(dialog.getByRole("button", { name: "Rename" }));
  expect(await screen.findByText("Renamed to Nightly")).toBeInTheDocument();
  expect(await screen.findByRole("button", { name: "Rename Nightly" })).toBeInTheDocument();
});
