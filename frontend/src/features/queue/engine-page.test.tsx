import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

const now = () => new Date().toISOString();

const engine = () => ({
  parked: 4,
  later: 91,
  blocked: 0,
  workers: [{ name: "app-1:77", slots: 256, startedAt: now(), seenAt: now(), promotes: true }],
  queues: [{ name: "lane-3", available: 5, running: 2 }],
  endpoints: [
    {
      address: "https://pb.voltrack.example:443",
      sentTo: "pb.voltrack.example",
      circuit: "HALF_OPEN",
      sentence: "Tracker unavailable: server error.",
      openedAt: now(),
      probeAt: null,
      waiting: 4,
      oldestWaitingAt: null,
    },
  ],
});

function engineWorld(answer: unknown): World {
  const world = new World(1);
  world.role = "MANAGER";
  world.also = { engine: answer };
  return world;
}

it("says what waits, for whom, and who sends it", async () => {
  open("/staff/engine", engineWorld(engine));
  const endpoints = await screen.findByRole("table", { name: "Endpoints" });
  expect(await within(endpoints).findByText("Testing")).toBeInTheDocument();
  expect(endpoints).toHaveTextContent("Tracker unavailable: server error.");
  expect(within(screen.getByRole("table", { name: "Workers" })).getByText("Leader")).toBeInTheDocument();
  expect(screen.getByRole("table", { name: "Lanes" })).toHaveTextContent("lane-3");
  expect(screen.getByText("91")).toBeInTheDocument();
});

it("says that no worker runs, and what to start", async () => {
  open(
    "/staff/engine",
    engineWorld(() => ({ ...engine(), workers: [], queues: [], endpoints: [] })),
  );
  expect(await screen.findByText("No worker is running. Start one: postrider work.")).toBeInTheDocument();
  expect(screen.getByText("None: all endpoints accept requests.")).toBeInTheDocument();
});

it("is asked again where it could not be fetched", async () => {
  const world = engineWorld(engine);
  world.failures.set("StaffEngine", { message: "The database is away." });
  const { user } = open("/staff/engine", world);
  expect(await screen.findByText("The database is away.")).toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: /again/i }));
  expect(await screen.findByRole("table", { name: "Workers" })).toBeInTheDocument();
});
