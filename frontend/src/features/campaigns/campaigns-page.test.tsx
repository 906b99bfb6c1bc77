import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";

it("a campaign is made, and the server's refusal stands on its field", async () => {
  const { user, path } = open("/campaigns");
  await screen.findByRole("link", { name: "Facebook Germany" });
  await user.click(screen.getByRole("button", { name: "New campaign" }));
  const dialog = await screen.findByRole("dialog", { name: "New campaign" });
  const name = within(dialog).getByLabelText("Name");
  await user.type(name, "Facebook Germany");
  await user.click(within(dialog).getByRole("button", { name: "Create campaign" }));
  expect(
    await within(dialog).findByText("Choose the offer that this campaign promotes."),
  ).toBeInTheDocument();

  await user.type(within(dialog).getByRole("combobox", { name: "Offer" }), "River");
  await user.click(await screen.findByRole("option", { name: /River Room Poker/ }));
  await user.click(within(dialog).getByRole("button", { name: "Create campaign" }));
  await waitFor(() => {
    expect(name).toHaveAccessibleDescription("You have a campaign of that name already.");
  });

  await user.clear(name);
  await user.type(name, "Poker streams");
  await user.click(within(dialog).getByRole("button", { name: "Create campaign" }));
  await screen.findByRole("heading", { level: 1, name: "Poker streams" });
  expect(path()).toBe("/campaigns/C6");
});

it("pausing says what will happen, and is undone with one press", async () => {
  const { user, world } = open("/campaigns/C1");
  await user.click(await screen.findByRole("button", { name: "Pause" }));
  expect(await screen.findByRole("dialog")).toHaveTextContent(
    "New clicks on its link go to the offer's fallback",
  );
  await user.click(screen.getByRole("button", { name: "Pause campaign" }));
  await user.click(await screen.findByRole("button", { name: "Resume" }));
  await screen.findByText("Resumed Facebook Germany");
  expect(world.campaigns[0]?.state).toBe("ACTIVE");
});

it("a campaign shows what it brought, day by day", async () => {
  open("/campaigns/C2");
  const numbers = await screen.findByRole("region", { name: "The last 30 days" });
  expect(await within(numbers).findAllByText("2,000")).not.toHaveLength(0);
  expect(within(numbers).getByText("5% of clicks")).toBeInTheDocument();
  expect(within(numbers).getByText("20% of registrations")).toBeInTheDocument();
  expect(within(numbers).getByRole("slider", { name: "Clicks and FTDs by day" })).toBeInTheDocument();
});

it("a campaign without traffic shows no chart", async () => {
  open("/campaigns/C5");
  const numbers = await screen.findByRole("region", { name: "The last 30 days" });
  expect(await within(numbers).findAllByText("0")).toHaveLength(3);
  expect(within(numbers).queryByRole("slider")).not.toBeInTheDocument();
});
