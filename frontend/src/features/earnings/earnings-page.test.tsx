import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { affiliate, usd } from "@/test/basics";
import { offers } from "@/test/catalogue";
import { open } from "@/test/render";
import { World } from "@/test/world";

const month = (of: string, commission: string, payable = commission) => ({
  month: `${of}-01T00:00:00Z`,
  commission: usd(commission),
  payable: usd(payable),
});

function earning(world: World): void {
  world.also = {
    earnings: [
      {
        currency: "USD",
        negativeCarryover: true,
        affiliate,
        offer: offers[0],
        carried: usd("-310.50"),
        months: [month("2026-03", "1200.00"), month("2026-05", "-310.50", "0.00")],
      },
      {
        currency: "USD",
        negativeCarryover: false,
        affiliate,
        offer: offers[1],
        carried: usd("0.00"),
        months: [month("2026-04", "80.00")],
      },
    ],
  };
}

const lines = () =>
  within(screen.getByRole("table", { name: "Earnings" }))
    .getAllByRole("row")
    .slice(1)
    .map((row) => row.textContent);

it("earnings stand by month, the newest first, and a negative one says what it leaves", async () => {
  const world = new World(0);
  earning(world);
  open("/earnings", world);
  expect(await screen.findByText("May 2026")).toBeInTheDocument();
  const [may, april, march] = lines();
  expect(may).toContain("Royal Reels Casino");
  expect(may).toMatch(/-\$310\.50.*\$0\.00.*-\$310\.50 carried over to the next month/);
  expect(april).toMatch(/^April 2026KickOff Sportsbook.*\$80\.00\$80\.00$/);
  // What was left of March is in May by now.
  expect(march).toMatch(/^March 2026.*\$1,200\.00$/);
  expect(screen.queryByRole("columnheader", { name: "Affiliate" })).not.toBeInTheDocument();
});

it("staff see whose earnings they are", async () => {
  const world = new World(0);
  world.role = "MANAGER";
  earning(world);
  open("/earnings", world);
  expect(await screen.findAllByText("North Star Media")).toHaveLength(3);
});

it("without earnings it says when the first comes; a failure is tried again", async () => {
  const world = new World(0);
  world.also = { earnings: [] };
  world.failures.set("Earnings", { message: "The database is away." });
  const { user } = open("/earnings", world);
  expect(await screen.findByRole("alert")).toHaveTextContent(
    "The earnings could not be fetchedThe database is away.",
  );
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No earnings yet")).toBeInTheDocument();
  expect(screen.getByText(/first paid conversion shows up here once it is approved/)).toBeInTheDocument();
});
