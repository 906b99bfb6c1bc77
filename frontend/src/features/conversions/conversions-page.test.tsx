import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

it("the chain goes from the click over every postback considered to each attempt", async () => {
  const world = new World(6);
  const { user, path } = open("/conversions", world);
  const table = await screen.findByRole("table", { name: /Conversions/ });
  await user.click((await within(table).findAllByRole("link"))[0] ?? table);
  const chain = await screen.findByRole("region", { name: "Conversion" });
  await within(chain).findByText("1 delivery, 1 delivered.");
  expect(within(chain).getByRole("heading", { name: "Click" })).toBeInTheDocument();
  expect(within(chain).getByRole("heading", { name: "5 postbacks considered, 1 fired" })).toBeInTheDocument();
  expect(within(chain).getByText("It is switched off.")).toBeInTheDocument();
  expect(within(chain).getByText("Attempt 1")).toBeInTheDocument();
  expect(path()).toBe(`/conversions/${world.conversions[0]?.id ?? ""}`);
});

it("an id that is not there is said to be, and the filters can be cleared", async () => {
  const { user, path } = open("/conversions?q=nothing", new World(6));
  await screen.findByText("No conversion matches");
  await user.click(screen.getByRole("button", { name: "Clear the filters" }));
  await screen.findByRole("table", { name: /Conversions/ });
  expect(path()).toBe("/conversions");
});
