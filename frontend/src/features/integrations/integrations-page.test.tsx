import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

it("an integration is begun from the empty list; a key that is taken is said at its field", async () => {
  const world = new World(1);
  world.role = "MANAGER";
  const made: unknown[] = [];
  world.also = {
    saveIntegration: ({ input }: { input: { name: string; key: string; offerId?: string } }) => {
      if (input.key === "royal-spin") {
        return {
          integration: null,
          mapped: 0,
          userErrors: [{ field: ["key"], message: "is taken", code: "invalid" }],
        };
      }
      made.push(input);
      return {
        integration: { __typename: "Integration", id: "I9", ...input },
        mapped: 0,
        userErrors: [],
      };
    },
  };
  const { user, path } = open("/staff/integrations", world);
  expect(await screen.findByText("No integration yet")).toBeInTheDocument();
  await user.click(screen.getAllByRole("button", { name: "New integration" })[0] ?? document.body);
  const dialog = await screen.findByRole("dialog", { name: "New integration" });
  await user.type(within(dialog).getByLabelText("Name"), "Royal Spin");
  const key = within(dialog).getByLabelText("Key in the URL");
  expect(key).toHaveValue("royal-spin");
  await user.type(within(dialog).getByRole("combobox", { name: "Offer" }), "Royal");
  await user.click(await screen.findByRole("option", { name: /Royal Reels Casino/ }));
  await user.click(within(dialog).getByRole("button", { name: "Create integration" }));
  await waitFor(() => {
    expect(key).toHaveAccessibleDescription(/Is taken\./);
  });
  await user.type(key, "-2");
  await user.click(within(dialog).getByRole("button", { name: "Create integration" }));
  await waitFor(() => {
    expect(path()).toBe("/staff/integrations/I9");
  });
  expect(made).toEqual([{ name: "Royal Spin", key: "royal-spin-2", offerId: "O1" }]);
});
