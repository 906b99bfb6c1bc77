import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

it("shows the last 24 hours, what needs attention, and a new delivery as it happens", async () => {
  const { world } = open("/", new World(4));
  expect(await screen.findByText("1,648")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Telegram alert" })).toBeInTheDocument();
  expect(screen.getByText(/2 goals have no postback/)).toBeInTheDocument();
  const table = await screen.findByRole("table", { name: "The last deliveries" });
  expect(await within(table).findAllByRole("link")).toHaveLength(4);
  world.add("QUEUED");
  await within(table).findByText("Queued", { selector: "span" });
});
