import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

function managersWorld(): World {
  const world = new World(3);
  world.role = "MANAGER";
  return world;
}

it("a call of the inbound log opens beside it, and the list keeps its filter", async () => {
  const { user, path } = open("/staff/received?result=recorded", managersWorld());
  const table = await screen.findByRole("table", { name: "Inbound log" });
  await user.click((await within(table).findAllByRole("link"))[0] ?? table);
  const panel = await screen.findByRole("region", { name: "Call" });
  expect(await within(panel).findByText("198.51.100.7")).toBeInTheDocument();
  expect(path()).toBe("/staff/received/R1?result=recorded");
  await user.keyboard("{Escape}");
  await waitFor(() => {
    expect(path()).toBe("/staff/received?result=recorded");
  });
});
