import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { http, HttpResponse } from "msw";
import { expect, it } from "vitest";

import { serve, server } from "@/test/server";
import { World } from "@/test/world";

import { createClient } from "./client";
import { graphql } from "./graphql";
import { mutation } from "./mutation";

const Names = graphql(`
  query StaleNames($search: String) {
    campaigns(first: 100, filter: { search: $search }) {
      edges {
        node {
          id
          name
        }
      }
    }
  }
`);

const Create = mutation(
  graphql(`
    mutation StaleCreate($input: CreateCampaignInput!) {
      createCampaign(input: $input) {
        campaign {
          id
        }
      }
    }
  `),
  "campaigns",
);

it("what a mutation makes stale is asked for again, with whatever arguments", async () => {
  serve(new World(1));
  const client = createClient();
  const shown = new Map<string, string[]>();
  for (const search of ["", "poker"]) {
    client.query(Names, { search }).subscribe(({ data }) => {
      if (data)
        shown.set(
          search,
          data.campaigns.edges.map(({ node }) => node.name),
        );
    });
  }
  await expect.poll(() => shown.size).toBe(2);
  await client.mutation(Create, { input: { name: "Poker streams", offerId: "O3" } }).toPromise();
  await expect.poll(() => shown.get("")).toContain("Poker streams");
  await expect.poll(() => shown.get("poker")).toEqual(["Poker streams"]);
});

it("a query whose answer is on its way when something changes is asked again", async () => {
  const world = new World(1);
  serve(world);
  let answer = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let isAsked = false;
  server.use(
    http.post("/graphql", async ({ request }) => {
      const { query, variables } = (await request.clone().json()) as { query: string; variables: object };
      if (isAsked || !query.includes("StaleNames")) return undefined;
      isAsked = true;
      const before = await world.answer(query, { ...variables });
      await held;
      return HttpResponse.json(before);
    }),
  );
  const client = createClient();
  let shown: string[] = [];
  client.query(Names, { search: "" }).subscribe(({ data }) => {
    if (data) shown = data.campaigns.edges.map(({ node }) => node.name);
  });
  await expect.poll(() => isAsked).toBe(true);
  await client.mutation(Create, { input: { name: "Poker streams", offerId: "O3" } }).toPromise();
  answer();
  await expect.poll(() => shown).toContain("Poker streams");
});

it("two documents with one mutation make stale what either of them names", async () => {
  serve(new World(1));
  const again = mutation(
    graphql(`
      mutation StaleCreateToo($input: CreateCampaignInput!) {
        createCampaign(input: $input) {
          campaign {
            id
          }
        }
      }
    `),
    "goals",
  );
  const client = createClient();
  let shown: string[] = [];
  client.query(Names, { search: "" }).subscribe(({ data }) => {
    if (data) shown = data.campaigns.edges.map(({ node }) => node.name);
  });
  await expect.poll(() => shown.length).toBeGreaterThan(0);
  await client.mutation(again, { input: { name: "Night streams", offerId: "O3" } }).toPromise();
  await expect.poll(() => shown).toContain("Night streams");
});

it("every mutation that makes, changes or deletes something says what it makes stale", () => {
  const root = join(import.meta.dirname, "..");
  const documents = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes(".test.") && !file.startsWith("test/"))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), "utf8");
      return [...text.matchAll(/(mutation\(\s*)?graphql\(\s*`\s*mutation (\w+)[^{]*\{\s*(\w+)/g)];
    });
  expect(documents.length).toBeGreaterThan(20);
  const silent = documents
    .filter(
      ([, wrapped, , field = ""]) => wrapped === undefined && /^(create|save|update|delete)/.test(field),
    )
    .map(([, , name]) => name);
  expect(silent).toEqual([]);
});
