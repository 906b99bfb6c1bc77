import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import * as z from "zod/mini";

import { ago } from "@/test/basics";
import { open } from "@/test/render";
import { World } from "@/test/world";

async function newToken(world: World) {
  const { user } = open("/settings", world);
  await user.click(await screen.findByRole("button", { name: "New token" }));
  const dialog = await screen.findByRole("dialog", { name: "New API token" });
  return { user, dialog, create: within(dialog).getByRole("button", { name: "Create token" }) };
}

describe("API tokens", () => {
  it("stand with what they may and how old they are; revoked ones last", async () => {
    const world = new World(0);
    const token = (id: string, name: string, age: number, more: object) =>
      Object.assign(world.makeToken(id, name, age), more);
    world.tokens = [
      token("T1", "Gone", 1e8, { revokedAt: ago(5000) }),
      token("T2", "Over", 3e8, { expiresAt: "2020-01-01T00:00:00Z", scopes: ["READ", "REPLAY"] }),
      token("T3", "Child", 2e8, { parentId: "T2", expiresAt: "2999-01-01T00:00:00Z", lastUsedAt: ago(1000) }),
    ];
    open("/settings", world);
    const panel = (await screen.findByRole("button", { name: "Revoke Child" })).closest("section");
    if (!panel) throw new Error("no panel");
    const [child, over, gone] = within(panel).getAllByRole("listitem");
    expect(child).toHaveTextContent(
      /^Child.*read · created .* · last used .* · expires .*created with Over, revoked with it/,
    );
    expect(child).not.toHaveTextContent("Expired");
    expect(over).toHaveTextContent(/^Over.*Expired.*read, replay.*never used/);
    expect(over).not.toHaveTextContent("expires");
    expect(gone).toHaveTextContent(/^Gone.*Revoked/);
    expect(within(panel).queryByRole("button", { name: "Revoke Gone" })).not.toBeInTheDocument();
  });

  it("are none at first, and a failure to fetch them is tried again", async () => {
    const world = new World(0);
    world.tokens = [];
    world.failures.set("ApiTokens", { message: "The database is away." });
    const { user } = open("/settings", world);
    expect(await screen.findByText("The tokens could not be fetched")).toBeInTheDocument();
    world.failures.clear();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText(/^None yet\. A token lets a program/)).toBeInTheDocument();
  });

  it("are made with an end, and without the right to more unless asked for", async () => {
    const world = new World(0);
    const { user, dialog, create } = await newToken(world);
    expect(within(dialog).getByRole("checkbox", { name: /^Secrets/ })).not.toBeChecked();
    await user.click(within(dialog).getByLabelText("Name"));
    await user.paste("Script");
    await user.click(within(dialog).getByRole("button", { name: /Expires/ }));
    await user.click(await screen.findByRole("option", { name: "In 30 days" }));
    await user.click(create);
    expect(await within(dialog).findByText(/it is shown once/)).toBeInTheDocument();
    const { input } = z
      .object({ input: z.object({ name: z.string(), scopes: z.array(z.string()), expiresAt: z.string() }) })
      .parse(world.lastSent("CreateApiToken"));
    expect(input).toMatchObject({ name: "Script", scopes: ["READ", "WRITE", "CONVERSIONS", "REPLAY"] });
    expect((Date.parse(input.expiresAt) - Date.now()) / 864e5).toBeCloseTo(30, 1);
    await user.click(within(dialog).getByRole("button", { name: "Copy the token" }));
    expect(await navigator.clipboard.readText()).toBe("pr_live_9fK2vX0123456789abcdef");
    // Once it is made, closing asks for nothing; and the list has it.
    await user.keyboard("{Escape}");
    expect(await screen.findByRole("button", { name: "Revoke Script" })).toBeInTheDocument();
  });

  it("without a permission, or refused, say so at the field; what was typed is not lost", async () => {
    const world = new World(0);
    world.also = {
      createApiToken: {
        token: null,
        secret: null,
        userErrors: [{ field: ["input", "name"], message: "is taken", code: "CONFLICT" }],
      },
    };
    const { user, dialog, create } = await newToken(world);
    const name = within(dialog).getByLabelText("Name");
    await user.type(name, "Reporting script");
    for (const right of [/^Read/, /^Write/, /^Conversions/, /^Replay/]) {
      // oxlint-disable-next-line no-await-in-loop -- one box after the other
      await user.click(within(dialog).getByRole("checkbox", { name: right }));
    }
    await user.click(create);
    expect(await within(dialog).findByText("Choose at least one.")).toBeInTheDocument();
    expect(world.sent.has("CreateApiToken")).toBe(false);
    await user.click(within(dialog).getByRole("checkbox", { name: /^Read/ }));
    await user.click(create);
    await waitFor(() => {
      expect(name).toHaveAccessibleDescription("Is taken.");
    });
    world.isAway = true;
    await user.click(create);
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("The server could not be reached");
    expect(name).toHaveValue("Reporting script");
    await user.keyboard("{Escape}");
    expect(await screen.findByRole("dialog", { name: "Close without saving?" })).toBeInTheDocument();
  });

  it("that cannot be revoked stay, and say why", async () => {
    const world = new World(0);
    const { user } = open("/settings", world);
    world.failures.set("RevokeApiToken", { message: "The database is away." });
    await user.click(await screen.findByRole("button", { name: "Revoke Reporting script" }));
    expect(await screen.findByRole("dialog")).toHaveTextContent(
      "lose access at once. This cannot be undone.",
    );
    await user.click(screen.getByRole("button", { name: "Revoke token" }));
    expect(await screen.findByText("The database is away.")).toBeInTheDocument();
    expect(world.tokens[0]?.revokedAt).toBeNull();
  });
});

describe("one's account", () => {
  it("shows times in the zone that is chosen, everywhere at once", async () => {
    // Of some four hundred.
    vi.spyOn(Intl, "supportedValuesOf").mockReturnValue(["Europe/Berlin", "Pacific/Auckland"]);
    const world = new World(0);
    const { user } = open("/settings", world);
    const zone = await screen.findByRole("combobox", { name: "Time zone" });
    await waitFor(() => {
      expect(zone).toHaveValue("UTC");
    });
    await user.clear(zone);
    await user.type(zone, "auckland");
    await user.click(await screen.findByRole("option", { name: "Pacific/Auckland" }));
    expect(await screen.findByText("Times are in Pacific/Auckland")).toBeInTheDocument();
    expect(world.lastSent("UpdateSettings")).toEqual({ input: { timeZone: "Pacific/Auckland" } });
    // Made on 7 June at 18:53 UTC.
    expect(await screen.findByText(/^8 Jun, 06:53/)).toBeInTheDocument();
    const now = screen.getByRole("combobox", { name: "Time zone" });
    world.isAway = true;
    await user.clear(now);
    await user.type(now, "browser");
    await user.click(await screen.findByRole("option", { name: /^Browser time zone/ }));
    expect(await screen.findByText(/The server could not be reached/)).toBeInTheDocument();
    expect(world.timeZone).toBe("Pacific/Auckland");
  });

  it("has its password changed, with the tokens revoked unless told not to", async () => {
    const world = new World(0);
    const { user } = open("/settings", world);
    const current = await screen.findByLabelText("Current password");
    const next = screen.getByLabelText("New password");
    const change = screen.getByRole("button", { name: "Change password" });
    expect(change).toBeDisabled();
    expect(current).toHaveAttribute("autocomplete", "current-password");
    expect(next).toHaveAttribute("autocomplete", "new-password");
    await user.type(current, world.password);
    await user.type(next, "a better one");
    await user.click(screen.getByRole("checkbox", { name: /^Revoke my API tokens too/ }));
    world.isAway = true;
    await user.click(change);
    expect(await screen.findByRole("alert")).toHaveTextContent("The server could not be reached");
    world.isAway = false;
    await user.keyboard("{Enter}");
    expect(await screen.findByText("Password changed")).toBeInTheDocument();
    expect(world.lastSent("ChangePassword")).toEqual({
      input: { currentPassword: world.password, newPassword: "a better one", revokeTokens: false },
    });
    expect(current).toHaveValue("");
    expect(next).toHaveValue("");
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("is changed by nobody who only views it", async () => {
    const world = new World(0);
    world.looking = true;
    const { user } = open("/settings", world);
    const buttons = [/^New token$/, /^Revoke/, /^Save name$/, /^Change password$/];
    for (const name of buttons) {
      // oxlint-disable-next-line no-await-in-loop -- each as it comes
      expect(await screen.findByRole("button", { name })).toBeDisabled();
    }
    await user.type(screen.getByLabelText("Your name"), "Else{Enter}");
    expect(world.sent.has("UpdateSettings")).toBe(false);
  });
});
