import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { affiliate, pick } from "@/test/basics";
import { open } from "@/test/render";
import { World } from "@/test/world";

function orphansWorld() {
  const world = new World(1);
  world.role = "MANAGER";
  const [orphan] = world.conversions;
  const attributed: unknown[] = [];
  Object.assign(orphan ?? {}, {
    integration: { __typename: "Integration", id: "I1", name: "Royal Reels" },
    proposals: [],
  });
  world.also = {
    attributeConversion: ({ input }: { input: { clickId: string } }) => {
      attributed.push(input);
      return {
        conversion: null,
        userErrors: [{ field: ["clickId"], message: "the click is of another offer", code: "INVALID" }],
      };
    },
    attributeByRule: ({ input }: { input: { kinds: string[]; dryRun?: boolean } }) => {
      attributed.push(input);
      return { count: 2, considered: 5, userErrors: [] };
    },
  };
  return { world, attributed };
}

it("a click is found and chosen where none is proposed, and what the server refuses is said", async () => {
  const { world, attributed } = orphansWorld();
  const { user } = open("/staff/unattributed", world);
  await user.click(await screen.findByRole("button", { name: "No match: choose a click…" }));
  const choose = await screen.findByRole("dialog", { name: "Choose a click" });
  const field = within(choose).getByLabelText("Click id, or a param's full value");
  await user.type(field, "nobody");
  expect(await within(choose).findByText("No click has this id or param.")).toBeInTheDocument();
  await user.clear(field);
  await user.click(field);
  await user.paste(world.clicks[3]?.param1 ?? "");
  await user.click(await within(choose).findByRole("button", { name: "Choose" }));
  const dialog = await screen.findByRole("dialog", { name: "Attribute this conversion" });
  await user.click(await within(dialog).findByRole("button", { name: "Attribute to North Star Media" }));
  expect(await within(dialog).findByText("The click is of another offer.")).toBeInTheDocument();
  expect(attributed).toMatchObject([{ clickId: "K4" }]);
});

it("a rule is counted before it attributes, and counted again once it is another", async () => {
  const { world, attributed } = orphansWorld();
  const { user } = open("/staff/unattributed", world);
  await user.click(await screen.findByRole("button", { name: "Attribute by rule…" }));
  const dialog = await screen.findByRole("dialog", { name: "Attribute by rule" });
  await user.click(within(dialog).getByRole("button", { name: "Count" }));
  expect(await within(dialog).findByRole("status")).toHaveTextContent("2 of the 5 newest");
  await user.click(within(dialog).getByLabelText(/^Same transaction/));
  await user.click(within(dialog).getByRole("button", { name: "Count" }));
  await user.click(await within(dialog).findByRole("button", { name: "Attribute 2" }));
  await waitFor(() => {
    expect(screen.queryByRole("dialog", { name: "Attribute by rule" })).not.toBeInTheDocument();
  });
  const kinds = ["CLICK_ELSEWHERE", "SAME_PLAYER"];
  const more = [...kinds, "SAME_TRANSACTION"];
  expect(attributed).toMatchObject([
    { kinds, dryRun: true },
    { kinds: more, dryRun: true },
    { kinds: more, dryRun: false },
  ]);
});

it("attributing says first which conversion, whose it becomes, what is paid and what fires", async () => {
  const world = new World(3);
  world.role = "MANAGER";
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

it("what was attributed is said with what fires, and the list is asked for anew", async () => {
  const { world } = orphansWorld();
  const orphan = pick(world.conversions, 0);
  const click = pick(world.clicks, 0);
  Object.assign(orphan, { proposals: [{ kind: "SAME_PLAYER", reason: "The player is known.", click }] });
  world.also["attributeConversion"] = () => {
    world.conversions = [];
    return { conversion: { ...orphan, deliveries: [] }, userErrors: [] };
  };
  const { user } = open("/staff/unattributed", world);
  await user.click(await screen.findByRole("button", { name: "North Star Media" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Attribute this conversion" }));
  expect(dialog.getByText("The player is known.")).toBeInTheDocument();
  await user.click(await dialog.findByRole("button", { name: "Attribute to North Star Media" }));
  expect(await screen.findByText("Attributed to North Star Media; 0 postbacks fire")).toBeInTheDocument();
  expect(await screen.findByText("Nothing to attribute")).toBeInTheDocument();
});

it("a preview that pays and fires nothing says why", async () => {
  const { world } = orphansWorld();
  Object.assign(pick(world.conversions, 0), {
    proposals: [{ kind: "SAME_PLAYER", reason: "The player is known.", click: world.clicks[0] }],
  });
  world.also["attributionPreview"] = {
    affiliate,
    offer: world.campaigns[0]?.offer,
    campaign: null,
    payout: null,
    cappedBy: "OFFER",
    postbacks: world.postbacks
      .slice(0, 2)
      .map((postback) => ({ postback, status: "APPROVED", fires: false, reason: "Another goal." })),
  };
  const { user } = open("/staff/unattributed", world);
  await user.click(await screen.findByRole("button", { name: "North Star Media" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Attribute this conversion" }));
  expect(await dialog.findByText(/^Default link of/)).toBeInTheDocument();
  expect(dialog.getByText(/Nothing yet: no active deal/)).toBeInTheDocument();
  expect(dialog.getByText("The daily cap of the offer is used up, so it pays nothing.")).toBeInTheDocument();
  expect(dialog.getByText("Nothing: 2 postbacks were considered, none matches")).toBeInTheDocument();
  expect(dialog.queryByRole("list", { name: "Postbacks that fire" })).not.toBeInTheDocument();
});

it("a preview that could not be made says so, and nothing is attributed by it", async () => {
  const { world, attributed } = orphansWorld();
  Object.assign(pick(world.conversions, 0), {
    proposals: [{ kind: "SAME_PLAYER", reason: "The player is known.", click: world.clicks[0] }],
  });
  world.failures.set("StaffAttributionPreview", { message: "The click is gone." });
  const { user } = open("/staff/unattributed", world);
  await user.click(await screen.findByRole("button", { name: "North Star Media" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Attribute this conversion" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent("The click is gone.");
  await user.click(dialog.getByRole("button", { name: "Cancel" }));
  expect(attributed).toEqual([]);
});

it("clicks that could not be searched are not said to be none", async () => {
  const { world } = orphansWorld();
  world.failures.set("StaffFindClick", { message: "The database is away." });
  const { user } = open("/staff/unattributed", world);
  await user.click(await screen.findByRole("button", { name: "No match: choose a click…" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Choose a click" }));
  await user.type(dialog.getByLabelText("Click id, or a param's full value"), "abc");
  expect(await dialog.findByRole("alert")).toHaveTextContent("The database is away.");
  expect(dialog.queryByText("No click has this id or param.")).not.toBeInTheDocument();
});

it("a rule that finds nothing cannot be applied, nor one without signals; what refuses it is said", async () => {
  const { world } = orphansWorld();
  world.also["attributeByRule"] = () => ({ count: 0, considered: 5, userErrors: [] });
  world.failures.set("StaffAttributeByRule", { message: "The database is away." });
  const { user } = open("/staff/unattributed", world);
  await user.click(await screen.findByRole("button", { name: "Attribute by rule…" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Attribute by rule" }));
  await user.click(dialog.getByRole("button", { name: "Count" }));
  expect(await dialog.findByRole("alert")).toHaveTextContent("The database is away.");
  world.failures.clear();
  await user.click(dialog.getByRole("button", { name: "Count" }));
  expect(await dialog.findByRole("button", { name: "Attribute 0" })).toBeDisabled();
  expect(dialog.queryByRole("alert")).not.toBeInTheDocument();
  await user.click(dialog.getByLabelText(/^Click id in another/));
  await user.click(dialog.getByLabelText(/^Same player/));
  expect(dialog.getByRole("button", { name: "Count" })).toBeDisabled();
});

it("conversions that could not be fetched are asked for again; that none waits is said", async () => {
  const { world } = orphansWorld();
  world.conversions = [];
  world.failures.set("StaffUnattributed", { message: "The database is away." });
  const { user } = open("/staff/unattributed", world);
  expect(await screen.findByText("The unattributed conversions could not be fetched")).toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Nothing to attribute")).toBeInTheDocument();
});
