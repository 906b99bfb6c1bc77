import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { affiliate, pick, usd } from "@/test/basics";
import { open } from "@/test/render";
import { loseNetwork, refusal, staffWorld, unreachable } from "@/test/staff";

/** A conversion that has just been attributed, from where it can be undone. */
async function attributed(fires = true) {
  const world = staffWorld();
  const orphan = pick(world.conversions, 0);
  const click = pick(world.clicks, 0);
  Object.assign(orphan, {
    integration: { __typename: "Integration", id: "I1", name: "Royal Reels" },
    proposals: [{ kind: "CLICK_ELSEWHERE", reason: "The click id came in sub2.", click }],
  });
  const undone: unknown[] = [];
  const sent: unknown[] = [];
  world.also = {
    attributeConversion: ({ input }: { input: unknown }) => {
      sent.push(input);
      return {
        conversion: { ...orphan, attributedBy: "STAFF", deliveries: [{ __typename: "Delivery", id: "Y1" }] },
        userErrors: [],
      };
    },
    undoAttributionPreview: () => ({
      takenBack: [
        { status: "CANCELLED", payout: usd("120.00"), conversion: { ...orphan, affiliate } },
        { status: "REJECTED", payout: usd("30.00"), conversion: { ...orphan, id: "V77", affiliate } },
      ],
      postbacks: world.postbacks
        .slice(0, 2)
        .map((postback, i) => ({ postback, status: "CANCELLED", fires: fires && i === 1, reason: "" })),
    }),
    undoAttribution: ({ input }: { input: { reason?: string } }) => {
      undone.push(input);
      if (input.reason === "") return { conversion: null, ...refusal("id", "it was undone already") };
      return {
        conversion: { ...orphan, status: "CANCELLED", undoable: false, replacedBy: null },
        userErrors: [],
      };
    },
  };
  const { user } = open("/staff/unattributed", world);
  await user.click(await screen.findByRole("button", { name: "North Star Media" }));
  await user.click(await screen.findByRole("button", { name: "Attribute to North Star Media" }));
  expect(await screen.findByText("Attributed to North Star Media; 1 postback fires")).toBeInTheDocument();
  expect(sent).toEqual([
    { conversionId: orphan.id, clickId: click.id, reason: "The click id came in sub2." },
  ]);
  await user.click(screen.getByRole("button", { name: "Undo…" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Undo attribution" }));
  return { world, user, dialog, undone, orphan };
}

it("says what is taken back from whom and what fires, and undoes only once it is told to", async () => {
  const { user, dialog, undone, orphan } = await attributed();
  const taken = within(await dialog.findByRole("list", { name: "Conversions taken back" }));
  expect(taken.getByText("$120.00")).toBeInTheDocument();
  expect(taken.getByText("$30.00")).toBeInTheDocument();
  expect(dialog.getByText(/^Taken back from North Star Media\./)).toBeInTheDocument();
  expect(dialog.getByText("1 postback fires:")).toBeInTheDocument();
  const fires = within(dialog.getByRole("list", { name: "Postbacks that fire" }));
  expect(fires.getAllByRole("listitem")).toHaveLength(1);
  expect(fires.getByText("Keitaro sales")).toBeInTheDocument();
  expect(undone).toEqual([]);
  await user.type(dialog.getByLabelText("Reason (optional)"), "the wrong Nordic");
  await user.click(dialog.getByRole("button", { name: "Undo attribution" }));
  expect(
    await screen.findByText("Attribution undone; the conversion is unattributed again"),
  ).toBeInTheDocument();
  expect(undone).toEqual([{ id: orphan.id, reason: "the wrong Nordic" }]);
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

it("what refuses it stands in the dialog, and so does a lost network", async () => {
  const { user, dialog } = await attributed(false);
  expect(await dialog.findByText(/^No postback fires/)).toBeInTheDocument();
  await user.click(dialog.getByRole("button", { name: "Undo attribution" }));
  expect(await dialog.findByText("It was undone already.")).toBeInTheDocument();
  loseNetwork();
  await user.click(dialog.getByRole("button", { name: "Undo attribution" }));
  expect(await dialog.findByText(unreachable)).toBeInTheDocument();
});
