import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

function managersWorld(): World {
  const world = new World(3);
  world.role = "MANAGER";
  return world;
}

it("the rail groups the pages of staff under labels", async () => {
  open("/staff/goals", managersWorld());
  const group = await screen.findByRole("list", { name: "Traffic" });
  expect(
    within(group)
      .getAllByRole("link")
      .map((link) => link.textContent),
  ).toEqual(["Inbound log", "Unattributed", "Clashes", "Manual conversions"]);
});
