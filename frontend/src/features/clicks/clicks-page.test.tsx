import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

const links = async () => within(await screen.findByRole("table", { name: /Clicks/ })).findAllByRole("link");

it("a click is found by the value of a param, and by its id", async () => {
  const world = new World(6);
  const click = world.clicks[4];
  const { user, path } = open("/clicks", world);
  expect(await links()).toHaveLength(50);
  const box = screen.getByRole("searchbox", { name: "Search clicks" });
  await user.type(box, `${click?.param1 ?? ""}{Enter}`);
  await waitFor(async () => {
    expect(await links()).toHaveLength(1);
  });
  expect(path()).toBe(`/clicks?q=${click?.param1 ?? ""}`);
  await user.clear(screen.getByRole("searchbox", { name: "Search clicks" }));
  await user.click(screen.getByRole("searchbox", { name: "Search clicks" }));
  await user.paste(click?.clickId ?? "");
  // The page had one row before: what is opened now has to be the answer to this search.
  await waitFor(() => {
    expect(path()).toBe(`/clicks?q=${click?.clickId ?? ""}`);
  });
  await waitFor(async () => {
    expect(await links()).toHaveLength(1);
  });
  await user.click((await links())[0] ?? box);
  const detail = await screen.findByRole("region", { name: "Click" });
  expect(await within(detail).findByText(click?.clickId ?? "")).toBeInTheDocument();
});

it("the next page is fetched, and stands under the first", async () => {
  const { user } = open("/clicks", new World(6));
  expect(await links()).toHaveLength(50);
  await user.click(screen.getByRole("button", { name: "Load more" }));
  await waitFor(async () => {
    expect(await links()).toHaveLength(60);
  });
});

it("staff see one affiliate's clicks", async () => {
  const world = new World(6);
  world.role = "MANAGER";
  const [, other] = world.affiliates;
  world.clicks.slice(0, 3).forEach((click) => {
    Object.assign(click, { affiliate: other });
  });
  const { user, path } = open("/clicks", world);
  await links();
  await user.click(screen.getByRole("button", { name: "Filter by affiliate" }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Nordic Media" }));
  await waitFor(async () => {
    expect(await links()).toHaveLength(3);
  });
  expect(path()).toBe("/clicks?affiliate=A2");
});

it("an affiliate has no filter of affiliates, whatever the address says", async () => {
  open("/clicks?affiliate=A2", new World(6));
  expect(await links()).toHaveLength(50);
  expect(screen.queryByRole("button", { name: "Filter by affiliate" })).not.toBeInTheDocument();
});
