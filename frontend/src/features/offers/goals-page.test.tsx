import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { goals as builtIn } from "@/test/catalogue";
import { open } from "@/test/render";
import { World } from "@/test/world";

interface Wish {
  id?: string;
  key?: string;
  name: string;
}

it("a goal is created; a key that is taken is said at its field", async () => {
  const world = new World(1);
  world.role = "MANAGER";
  const goals: { key: string }[] = [...builtIn];
  world.also = {
    goals: () => goals,
    createGoal: ({ input }: { input: Wish }) => {
      if (goals.some((goal) => goal.key === input.key)) {
        return { goal: null, userErrors: [{ field: ["key"], message: "is taken", code: "INVALID" }] };
      }
      const goal = { ...builtIn[0], ...input, key: input.key ?? "", id: "G9", builtIn: false };
      goals.push(goal);
      return { goal, userErrors: [] };
    },
  };
  const { user } = open("/staff/goals", world);
  await user.click(await screen.findByRole("button", { name: "New goal" }));
  const dialog = await screen.findByRole("dialog", { name: "New goal" });
  await user.type(within(dialog).getByLabelText("Key"), "ftd");
  await user.type(within(dialog).getByLabelText("Name"), "Bonus used");
  await user.type(within(dialog).getByLabelText("Trigger"), "A player uses a bonus");
  await user.click(within(dialog).getByRole("button", { name: "Save goal" }));
  await waitFor(() => {
    expect(within(dialog).getByLabelText("Key")).toHaveAccessibleDescription(/Is taken\./);
  });
  await user.clear(within(dialog).getByLabelText("Key"));
  await user.type(within(dialog).getByLabelText("Key"), "bonus_used");
  await user.click(within(dialog).getByRole("button", { name: "Save goal" }));
  expect(await screen.findByText("Saved Bonus used")).toBeInTheDocument();
  const table = screen.getByRole("table", { name: "Goals" });
  expect(await within(table).findByText("bonus_used")).toBeInTheDocument();
});

it("of a built-in goal only what is said of it can be changed", async () => {
  const world = new World(1);
  world.role = "MANAGER";
  const { user } = open("/staff/goals", world);
  await user.click(await screen.findByRole("button", { name: "Edit FTD" }));
  const dialog = await screen.findByRole("dialog", { name: "Goal" });
  expect(within(dialog).getByText(/^Built in/)).toBeInTheDocument();
  expect(within(dialog).queryByLabelText("Key")).not.toBeInTheDocument();
  expect(within(dialog).queryByRole("switch")).not.toBeInTheDocument();
});

it("goals are one table", async () => {
  const world = new World(3);
  world.role = "MANAGER";
  open("/staff/goals", world);
  const table = await screen.findByRole("table", { name: "Goals" });
  expect((await within(table).findAllByRole("button", { name: /^Edit / })).length).toBeGreaterThan(2);
});
