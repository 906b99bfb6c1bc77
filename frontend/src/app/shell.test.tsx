import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

it("a page that was moved opens where it is now", async () => {
  const { path } = open("/balance");
  expect(await screen.findByRole("heading", { level: 1, name: "Earnings" })).toBeInTheDocument();
  expect(path()).toBe("/earnings");
});

describe("the palette", () => {
  it("goes to a page by a few letters", async () => {
    const { user, path } = open("/");
    await screen.findByRole("heading", { level: 1, name: "Home" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox"), "token");
    expect(await screen.findByRole("option", { name: /Settings/ })).toHaveAttribute("aria-selected", "true");
    await user.keyboard("{Enter}");
    await waitFor(() => {
      expect(path()).toBe("/settings");
    });
  });

  it("goes to a campaign, and to whatever has a pasted id", async () => {
    const world = new World(5);
    const { user, path } = open("/", world);
    await screen.findByRole("heading", { level: 1, name: "Home" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox"), "tiktok");
    expect(await screen.findByRole("option", { name: /TikTok LatAm/ })).toBeInTheDocument();
    await user.clear(screen.getByRole("combobox"));
    await user.paste(world.conversions[2]?.conversionId ?? "");
    await user.click(await screen.findByRole("option", { name: /Conversion$/ }));
    await waitFor(() => {
      expect(path()).toBe(`/conversions/${world.conversions[2]?.id ?? ""}`);
    });
  });

  it("leads an affiliate to its link for an offer", async () => {
    const { user, path } = open("/");
    await screen.findByRole("heading", { level: 1, name: "Home" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox"), "offer");
    const [offer] = await screen.findAllByRole("option", { name: /Offer$/ });
    if (!offer) throw new Error("there is no offer");
    await user.click(offer);
    await waitFor(() => {
      expect(path()).toMatch(/^\/links\?offer=/);
    });
  });

  it("leads staff to an affiliate", async () => {
    const world = new World(1);
    world.role = "MANAGER";
    const { user, path } = open("/clicks", world);
    await screen.findByRole("heading", { level: 1, name: "Clicks" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox"), "nordic");
    await user.click(await screen.findByRole("option", { name: /^Nordic Media/ }));
    await waitFor(() => {
      expect(path()).toBe("/staff/affiliates/A2");
    });
  });
});

it("`?` lists the keys, but not while typing", async () => {
  const { user } = open("/clicks");
  await user.type(await screen.findByRole("searchbox"), "?");
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  await user.click(screen.getByRole("heading", { level: 1 }));
  await user.keyboard("?");
  expect(await screen.findByRole("dialog", { name: "Keyboard shortcuts" })).toBeInTheDocument();
});

it("staff see whose each thing is", async () => {
  const world = new World(3);
  world.role = "MANAGER";
  open("/campaigns", world);
  expect(await screen.findByText("Affiliate and offer")).toBeInTheDocument();
  expect((await screen.findAllByText(/North Star Media ·/)).length).toBeGreaterThan(0);
});

describe("on hold", () => {
  const hold = { reason: "COPY", since: "2026-11-29T10:00:00Z", note: "its timeline was 1 and is 2" };

  it("every page says so, and an admin resumes", async () => {
    const world = new World(1);
    world.role = "ADMIN";
    world.hold = hold;
    const { user } = open("/clicks", world);
    expect(await screen.findByText(/this is a copy of a database/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Resume" }));
    await waitFor(() => {
      expect(screen.queryByText(/this is a copy of a database/)).not.toBeInTheDocument();
    });
    expect(world.hold).toBeNull();
  });

  it("an affiliate sees it, and resumes nothing", async () => {
    const world = new World(1);
    world.hold = { ...hold, note: null };
    open("/clicks", world);
    expect(await screen.findByText(/Sending to trackers is paused/)).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Resume" })).not.toBeInTheDocument();
  });
});
