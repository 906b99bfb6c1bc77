import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

/** An affiliate with so many campaigns, named by their number. */
function many(count: number): World {
  const world = new World(3);
  const [model] = world.campaigns;
  if (!model) throw new Error("no campaign to begin with");
  for (let n = world.campaigns.length + 1; n <= count; n += 1) {
    world.campaigns.push({ ...model, id: `C${String(n)}`, name: `Source ${String(n)}` });
  }
  return world;
}

const openFilter = async (user: UserEvent) => {
  await user.click(await screen.findByRole("button", { name: "Filter by campaign" }));
};

it("each of 250 campaigns is found in a filter by a part of its name", async () => {
  const { user, path } = open("/clicks", many(250));
  await openFilter(user);
  await user.click(await screen.findByRole("searchbox", { name: "Search campaigns" }));
  await user.paste("source 240");
  await user.click(await screen.findByRole("menuitemradio", { name: "Source 240" }));
  expect(path()).toContain("campaign=C240");
  await screen.findByText("Source 240");
});

it("a filter set by the address names its campaign, also one that is not among the first", async () => {
  open("/clicks?campaign=C233", many(250));
  await screen.findByText("Source 233");
});

it("few campaigns are shown without a search", async () => {
  const { user } = open("/conversions", many(8));
  await openFilter(user);
  expect(await screen.findAllByRole("menuitemradio")).toHaveLength(8);
  expect(screen.queryByRole("searchbox", { name: "Search campaigns" })).not.toBeInTheDocument();
});

it("the palette and the link builder find each of 250 campaigns", async () => {
  const { user } = open("/links?campaign=C245", many(250));
  const builder = await screen.findByRole("combobox", { name: "Campaign or offer" });
  await waitFor(() => {
    expect(builder).toHaveValue("Source 245");
  });
  await user.clear(builder);
  await user.paste("source 222");
  await user.click(await screen.findByRole("option", { name: /^Source 222/ }));
  await waitFor(() => {
    expect(screen.getByRole("combobox", { name: "Campaign or offer" })).toHaveValue("Source 222");
  });

  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: /^Search pages/ }), "source 249");
  await screen.findByRole("option", { name: /Source 249/ });
});

it("a combo box without a match says so", async () => {
  const { user } = open("/links", many(5));
  const builder = await screen.findByRole("combobox", { name: "Campaign or offer" });
  await user.clear(builder);
  await user.type(builder, "abc");
  expect(await screen.findByText("No campaign or offer matches “abc”")).toBeInTheDocument();
});

it("a campaign that was just made can be chosen everywhere", async () => {
  const { user, world } = open("/clicks", many(5));
  await openFilter(user);
  expect(await screen.findAllByRole("menuitemradio")).toHaveLength(5);
  await user.keyboard("{Escape}");
  const goTo = async (name: string) => {
    const [link] = screen.getAllByRole("link", { name });
    if (link) await user.click(link);
  };
  await goTo("Campaigns");
  await user.click(await screen.findByRole("button", { name: "New campaign" }));
  const dialog = await screen.findByRole("dialog", { name: "New campaign" });
  await user.type(within(dialog).getByLabelText("Name"), "Poker streams");
  await user.type(within(dialog).getByRole("combobox", { name: "Offer" }), "River");
  await user.click(await screen.findByRole("option", { name: /River Room Poker/ }));
  await user.click(within(dialog).getByRole("button", { name: "Create campaign" }));
  await screen.findByRole("heading", { level: 1, name: "Poker streams" });
  expect(world.campaigns).toHaveLength(6);

  await goTo("Campaigns");
  await screen.findByRole("link", { name: "Poker streams" });
  await goTo("Clicks");
  await openFilter(user);
  await screen.findByRole("menuitemradio", { name: "Poker streams" });
  await user.keyboard("{Escape}");
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: /^Search pages/ }), "streams");
  await screen.findByRole("option", { name: /Poker streams/ });
});
