import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

function staffWorld(): World {
  const world = new World(2);
  world.role = "MANAGER";
  return world;
}

it("tells staff what waits, and each line leads to where it is dealt with", async () => {
  const { user } = open("/", staffWorld());
  const list = await screen.findByRole("list", { name: "Waiting for you" });
  const leads = (name: RegExp, to: string) => {
    expect(within(list).getByRole("link", { name })).toHaveAttribute("href", to);
  };
  leads(/^3 unattributed conversions$/, "/staff/unattributed");
  leads(/^2 clashes$/, "/staff/clashes");
  leads(/^Royal Reels is silent$/, "/staff/integrations/I1");
  leads(
    /^12 calls of Royal Reels refused: unauthorized$/,
    "/staff/received?result=unauthorized&integration=I1",
  );
  leads(
    /^1 call of “nobody” refused: to an unknown integration$/,
    "/staff/received?result=unknown_integration",
  );
  leads(/^The landing page Welcome bonus of Royal Reels Casino is dead$/, "/staff/offers/O1");
  leads(/^pb.voltrack.example takes no postbacks$/, "/staff/engine");
  leads(/^North Star Media: 150 clicks without param_1$/, "/clicks?affiliate=A1&range=24h&param=none");
  expect(list).toHaveTextContent("75% of 200 clicks in 24 hours");
  await user.click(within(list).getByRole("button", { name: "Copy message" }));
  expect(await navigator.clipboard.readText()).toContain("150 of your 200 clicks (75%)");
});

it("says that nothing waits only when it is so", async () => {
  const world = staffWorld();
  Object.assign(world.staffHome, {
    unattributed: 0,
    oldestUnattributedAt: null,
    clashes: 0,
    silent: [],
    refused: [],
    deadDestinations: [],
    circuits: [],
    withoutParam: [],
  });
  open("/", world);
  expect(await screen.findByText(/^Nothing waits/)).toBeInTheDocument();
});

it("does not say that nothing waits where it could not be asked", async () => {
  const world = staffWorld();
  world.failures.set("StaffHome", { message: "The database is away." });
  open("/", world);
  expect(await screen.findByText("The database is away.")).toBeInTheDocument();
  expect(screen.queryByText(/^Nothing waits/)).not.toBeInTheDocument();
});

it("keeps an affiliate's home as it is", async () => {
  const { world } = open("/");
  expect(await screen.findByText("1,648")).toBeInTheDocument();
  expect(screen.queryByText("Waiting for you")).not.toBeInTheDocument();
  expect(world.asked).not.toContain("StaffHome");
});

it("leads a new installation to its first conversion, and does not say that nothing waits", async () => {
  const world = staffWorld();
  Object.assign(world, { conversions: [] });
  Object.assign(world.staffHome, {
    unattributed: 0,
    oldestUnattributedAt: null,
    clashes: 0,
    silent: [],
    refused: [],
    deadDestinations: [],
    circuits: [],
    withoutParam: [],
  });
  open("/", world);
  const steps = await screen.findByRole("list", { name: "Checklist" });
  expect(within(steps).getByRole("link", { name: "inbound log" })).toHaveAttribute("href", "/staff/received");
  expect(screen.queryByText(/^Nothing waits/)).not.toBeInTheDocument();
});
