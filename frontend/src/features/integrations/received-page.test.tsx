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

it("each filter of the address is asked of the server, and stands in the page", async () => {
  const world = managersWorld();
  world.also["integrations"] = () => [{ __typename: "Integration", id: "I1", name: "Royal Reels" }];
  const { user, path } = open(
    "/staff/received?q=T-17&result=recorded&cause=no_id,repeat&affiliate=A2&from=2026-05-01&to=2026-05-02",
    world,
  );
  await screen.findByRole("table", { name: "Inbound log" });
  expect(world.lastSent("StaffReceived")).toEqual({
    after: null,
    filter: {
      search: "T-17",
      results: ["RECORDED"],
      causes: ["NO_ID", "REPEAT"],
      affiliateIds: ["A2"],
      from: "2026-05-01T00:00:00.000Z",
      to: "2026-05-03T00:00:00.000Z",
    },
  });
  expect(screen.getByRole("searchbox", { name: "Search the inbound log" })).toHaveValue("T-17");
  await user.click(screen.getByRole("button", { name: "Filter by integration" }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Royal Reels" }));
  await waitFor(() => {
    expect(path()).toMatch(/integration=/);
  });
  expect(world.lastSent("StaffReceived")).toMatchObject({
    filter: { search: "T-17", results: ["RECORDED"] },
  });
});

it("a log that could not be fetched is asked for again; filters that leave nothing are cleared", async () => {
  const world = managersWorld();
  world.failures.set("StaffReceived", { message: "The database is away." });
  const { user, path } = open("/staff/received?q=nothing", world);
  expect(await screen.findByText("The inbound log could not be fetched")).toBeInTheDocument();
  expect(screen.queryByText("No request matches")).not.toBeInTheDocument();
  world.failures.clear();
  world.also["receivedPostbacks"] = () => ({
    edges: [],
    pageInfo: { hasNextPage: false, endCursor: null },
    totalCount: 0,
  });
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No request matches")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Clear filters" }));
  expect(await screen.findByText("No requests yet")).toBeInTheDocument();
  expect(path()).toBe("/staff/received");
  expect(within(screen.getByRole("main")).getByRole("link", { name: "Integrations" })).toBeInTheDocument();
});

it("a call that is not there says so and leads back", async () => {
  const { user, path } = open("/staff/received/R404", managersWorld());
  expect(await screen.findByText("There is no such call")).toBeInTheDocument();
  await user.click(screen.getAllByRole("button", { name: "Back to the list" }).at(-1) ?? document.body);
  await waitFor(() => {
    expect(path()).toBe("/staff/received");
  });
});
