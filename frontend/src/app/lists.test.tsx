import { screen, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

// What one part of the app has asked for never changes what another part shows.

async function goTo(user: UserEvent, name: string, title = name): Promise<void> {
  // The rail has it, and for some pages a thumb's bar too.
  const [link] = screen.getAllByRole("link", { name });
  if (link) await user.click(link);
  await screen.findByRole("heading", { level: 1, name: title });
}

/** Opens the palette, the link builder, a filter and the editor, each of which asks for names to choose from. */
async function askForNames(user: UserEvent): Promise<void> {
  await screen.findByRole("combobox", { name: "Campaign or offer" });
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: /^Search pages/ }), "tiktok");
  await screen.findByRole("option", { name: /TikTok LatAm/ });
  await user.keyboard("{Escape}");
  await goTo(user, "Deliveries", "Postbacks sent");
  await user.click(await screen.findByRole("button", { name: "Filter by campaign" }));
  await screen.findByRole("menuitemradio", { name: "TikTok LatAm" });
  await user.keyboard("{Escape}");
  await goTo(user, "Home");
}

it("the lists of an affiliate show their rows after everything else was opened", async () => {
  const world = new World();
  const { user } = open("/links", world);
  await askForNames(user);

  await goTo(user, "Campaigns");
  for (const { name } of world.campaigns) await screen.findByRole("link", { name });
  await goTo(user, "Postbacks");
  expect(await screen.findAllByRole("switch")).toHaveLength(world.postbacks.length);
  for (const name of ["Conversions", "Clicks"]) {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other, as people do
    await goTo(user, name);
    const table = await screen.findByRole("table", { name: `${name}, newest first` });
    // oxlint-disable-next-line no-await-in-loop -- one page after the other, as people do
    expect((await within(table).findAllByRole("link")).length).toBeGreaterThan(10);
  }
  expect(screen.queryByText(/^No .* yet$/)).not.toBeInTheDocument();
});

it("the lists of staff show their rows after everything else was opened", async () => {
  const world = new World();
  world.role = "MANAGER";
  const { user } = open("/links", world);
  await askForNames(user);
  await goTo(user, "Campaigns");
  await user.click(await screen.findByRole("button", { name: "New campaign" }));
  await user.click(await screen.findByRole("button", { name: /Affiliate/ }));
  await screen.findByRole("option", { name: "North Star Media" });
  await user.keyboard("{Escape}");
  await user.click(await screen.findByRole("button", { name: "Close" }));

  await screen.findByRole("link", { name: "TikTok LatAm" });
  await goTo(user, "Offers");
  await screen.findByRole("link", { name: "River Room Poker" });
  await goTo(user, "Affiliates");
  await screen.findByRole("link", { name: "North Star Media" });
  await goTo(user, "Inbound log");
  await screen.findByText("A new conversion.");
  await goTo(user, "Audit");
  await screen.findByText(/created campaign “TikTok LatAm” of North Star Media/);
});
