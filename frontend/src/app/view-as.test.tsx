import { screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { recordNavigation } from "@/test/navigation";
import { open } from "@/test/render";
import { staffWorld } from "@/test/staff";

let assign: ReturnType<typeof recordNavigation>["assign"];

beforeEach(() => {
  ({ assign } = recordNavigation());
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const kept = () => sessionStorage.getItem("postrider.view-as");

it("staff view as an affiliate from the list, and begin at its home", async () => {
  const { user } = open("/staff/affiliates", staffWorld());
  await user.click(await screen.findByRole("button", { name: "View as Nordic Media" }));
  expect(kept()).toBe("A2");
  expect(assign).toHaveBeenCalledWith("/");
});

it("the switcher offers every affiliate, and their list only where there are more", async () => {
  const world = staffWorld();
  const { user } = open("/staff/goals", world);
  await user.click(await screen.findByRole("button", { name: "View as…" }));
  const choices = await screen.findAllByRole("menuitem");
  expect(choices.map((item) => item.textContent)).toEqual(["North Star Media", "Nordic Media"]);
  await user.click(screen.getByRole("menuitem", { name: "Nordic Media" }));
  expect(kept()).toBe("A2");
});

it("where there are more affiliates than it lists, the switcher leads to all of them", async () => {
  const world = staffWorld();
  const [like] = world.affiliates;
  if (!like) throw new Error("there is no affiliate");
  world.affiliates = Array.from({ length: 101 }, (_, i) => ({ ...like, id: `A${String(i)}` }));
  const { user, path } = open("/staff/goals", world);
  await user.click(await screen.findByRole("button", { name: "View as…" }));
  await user.click(await screen.findByRole("menuitem", { name: "All affiliates…" }));
  expect(path()).toBe("/staff/affiliates");
  expect(kept()).toBeNull();
});

it("while viewing as an affiliate a page says whose it is, and leads back", async () => {
  sessionStorage.setItem("postrider.view-as", "A1");
  const world = staffWorld();
  world.role = "AFFILIATE";
  const viewer = world.viewer;
  world.also = { viewer: { ...viewer, looking: true } };
  const { user } = open("/staff/goals", world);
  expect(await screen.findByText("A page of the network’s staff")).toBeInTheDocument();
  const banner = screen.getByText(/This view is read-only/);
  expect(banner).toHaveTextContent("Viewing as North Star Media.");
  const [, fromPage] = screen.getAllByRole("button", { name: "Back to staff pages" });
  await user.click(fromPage ?? document.body);
  expect(kept()).toBeNull();
  expect(assign).toHaveBeenCalledWith("/staff/goals");
});

it("an affiliate that comes upon a staff page is sent home", async () => {
  const world = staffWorld();
  world.role = "AFFILIATE";
  open("/staff/goals", world);
  expect(await screen.findByText("Your account has no access to it.")).toBeInTheDocument();
  expect(screen.getByRole("link", { name: "Go to Home" })).toHaveAttribute("href", "/");
  expect(world.asked).not.toContain("StaffGoals");
});
