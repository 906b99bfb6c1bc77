import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";
import { World } from "@/test/world";

function managersWorld(): World {
  const world = new World(3);
  world.role = "MANAGER";
  return world;
}

it("the audit reads as sentences, and what changed opens below", async () => {
  const { user } = open("/staff/audit", managersWorld());
  const sentence = await screen.findByText(/changed the URL of postback “Keitaro FTD” of North Star Media/);
  expect(screen.getByText("https://old.example/")).not.toBeVisible();
  await user.click(sentence);
  expect(screen.getByText("https://old.example/").tagName).toBe("DEL");
  expect(screen.getByText("https://new.example/")).toBeVisible();
});
