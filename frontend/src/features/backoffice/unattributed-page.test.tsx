import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

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
        userErrors: [{ field: ["clickId"], message: "the click is of another offer", code: "invalid" }],
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
