import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { pick } from "@/test/basics";
import { open } from "@/test/render";
import { World } from "@/test/world";

it("the echo tracker's inbox that is empty says what to send; one that failed is tried again", async () => {
  const world = new World(0);
  const [request] = world.echo;
  world.echo = [];
  world.failures.set("EchoRequests", { message: "The database is away." });
  const { user } = open("/developers", world);
  expect(await screen.findByText("The inbox could not be fetched")).toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("No requests yet")).toBeInTheDocument();
  expect(screen.getByText("curl 'https://go.postrider.example/echo/k3y?hello=world'")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Copy the echo tracker's address" }));
  expect(await navigator.clipboard.readText()).toBe("https://go.postrider.example/echo/k3y");
  if (request) world.echo = [request];
  await user.click(screen.getByRole("button", { name: "Refresh" }));
  expect(await screen.findByRole("list", { name: /Requests to the echo tracker/ })).toBeInTheDocument();
});

it("a request to the echo tracker shows each parameter, its body and what was answered", async () => {
  const world = new World(0);
  const request = pick(world.echo, 0);
  world.echo = [
    {
      ...request,
      method: "POST",
      body: '{"a":1}',
      statusCode: 500,
      parameters: [
        { name: "subid", value: "" },
        { name: "payout", value: "120.00" },
      ],
    },
  ];
  open("/developers", world);
  const inbox = await screen.findByRole("list", { name: /Requests to the echo tracker/ });
  const [first] = within(inbox).getAllByRole("listitem");
  expect(first).toHaveTextContent(
    /^POST.*subidemptypayout120\.00.*User-Agent: Postrider\/0\.1.*\{"a":1\}Answered 500\.$/,
  );
});

it("the examples are one tab each, and copied whole", async () => {
  const { user } = open("/developers", new World(0));
  const tabs = await screen.findAllByRole("tab");
  expect(tabs).toHaveLength(2);
  const last = tabs.at(-1);
  await user.click(tabs[0] ?? document.body);
  await user.keyboard("{ArrowLeft}");
  expect(last).toHaveAttribute("aria-selected", "true");
  const code = within(screen.getByRole("tabpanel")).getByRole("region");
  expect(code).toHaveTextContent("https://go.postrider.example/graphql".replace("https", ""));
  await user.click(
    within(screen.getByRole("tabpanel")).getByRole("button", { name: /^Copy the .* example in / }),
  );
  expect(await navigator.clipboard.readText()).toBe(code.textContent);
  expect(screen.getByRole("link", { name: /Open explorer/ })).toHaveAttribute("href", "/graphiql");
});
