import { screen, within } from "@testing-library/react";
import { buildSchema, parse, validate } from "graphql";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

import { open } from "@/test/render";

import { examples } from "./examples";

it("the examples carry this installation's address and queries that the schema knows", () => {
  const golden = join(import.meta.dirname, "../../../../graph/schema.graphql");
  const schema = buildSchema(readFileSync(golden, "utf8"));
  for (const { code } of examples("https://go.example/")) {
    expect(code).toMatch(/(https|wss):\/\/go\.example\/graphql/);
    const query = /(?:query|subscription) \{.*\}(?=["`])/.exec(code)?.[0] ?? "";
    expect(validate(schema, parse(query))).toEqual([]);
  }
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
