import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { open } from "@/test/render";

it("an example is shown in the language that is chosen, and another in one that it has", async () => {
  const { user } = open("/developers");
  const examples = await screen.findByRole("tablist", { name: "Examples" });
  expect(screen.getByText("curl https://go.postrider.example/graphql")).toBeInTheDocument();
  await user.click(screen.getByRole("radio", { name: "PHP" }));
  expect(screen.getByText("<?php // query")).toBeInTheDocument();
  expect(screen.getByText("TOKEN=… php query.php")).toBeInTheDocument();
  await user.click(within(examples).getByRole("tab", { name: "Live" }));
  expect(await screen.findByText("// wss://go.postrider.example/graphql")).toBeInTheDocument();
  expect(screen.getByRole("radio", { name: "Node.js" })).toBeChecked();
});

it("the echo tracker's inbox lists what arrived, and what arrives", async () => {
  const { world } = open("/developers");
  const inbox = await screen.findByRole("list", { name: /Requests to the echo tracker/ });
  expect(within(inbox).getAllByText("GET")).toHaveLength(3);
  expect(within(inbox).getAllByText("click0").length).toBeGreaterThan(0);

  const [last] = world.echo;
  if (!last) throw new Error("the inbox is empty");
  world.echo.unshift({
    ...last,
    id: "E9",
    url: "/echo/k3y?subid=newest",
    parameters: [{ name: "subid", value: "newest" }],
  });
  world.happen("echoRequestReceived", world.echo[0]);
  expect((await within(inbox).findAllByText("newest")).length).toBeGreaterThan(0);
});
