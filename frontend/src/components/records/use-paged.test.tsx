import { act, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { Provider } from "urql";
import { expect, it } from "vitest";

import { createClient } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { serve } from "@/test/server";
import { World } from "@/test/world";

import { usePaged } from "./use-paged";

const query = graphql(`
  query PagedClicks($after: String) {
    clicks(first: 25, after: $after) {
      edges {
        node {
          id
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const clickPages = { query, list: (data: ResultOf<typeof query>) => data.clicks };

function page(world = new World(1)) {
  serve(world);
  const client = createClient();
  const wrapper = ({ children }: { children: ReactNode }) => <Provider value={client}>{children}</Provider>;
  const seen: { isEmpty: boolean; fetching: boolean }[] = [];
  const { result } = renderHook(
    () => {
      const list = usePaged(clickPages, {});
      seen.push({ isEmpty: list.isEmpty, fetching: list.fetching });
      return list;
    },
    { wrapper },
  );
  const ids = () => result.current.rows.map((row) => row.id);
  const settled = async () => {
    await waitFor(() => {
      expect(result.current.fetching).toBe(false);
    });
  };
  /** Until the list is settled and has these rows. */
  const shows = async (expected: string[]) => {
    await waitFor(() => {
      expect(ids()).toEqual(expected);
      expect(result.current.fetching).toBe(false);
    });
  };
  const wasEmpty = () => seen.some(({ isEmpty }) => isEmpty);
  return { world, client, result, ids, settled, shows, seen, wasEmpty };
}

const idsOf = (world: World) => world.clicks.map((click) => click.id);

it("pages follow one another to the end", async () => {
  const { world, result, ids, settled, wasEmpty } = page();
  await settled();
  expect(ids()).toEqual(idsOf(world).slice(0, 25));
  act(result.current.loadMore);
  expect(result.current.isLoadingMore).toBe(true);
  await settled();
  act(result.current.loadMore);
  await settled();
  expect(ids()).toEqual(idsOf(world));
  expect(result.current.hasNext).toBe(false);
  expect(wasEmpty()).toBe(false);
});

it("after a refetch no row is missing and none is there twice, whatever came or went before", async () => {
  const { world, result, settled, shows } = page();
  await settled();
  act(result.current.loadMore);
  await settled();

  const [first] = world.clicks;
  if (!first) throw new Error("no click");
  world.clicks.unshift({ ...first, id: "KNew1" }, { ...first, id: "KNew2" }, { ...first, id: "KNew3" });
  act(result.current.refetch);
  await shows(idsOf(world).slice(0, 50));

  world.clicks.splice(0, 2);
  act(result.current.refetch);
  await shows(idsOf(world).slice(0, 50));

  world.clicks.splice(10);
  act(result.current.refetch);
  await shows(idsOf(world));
  expect(result.current.hasNext).toBe(false);
});

it("a page that could not be had says why, and is asked for again", async () => {
  const { world, result, ids, settled } = page();
  await settled();
  world.failures.set("PagedClicks", { message: "Too busy." });
  act(result.current.loadMore);
  await settled();
  expect(result.current.moreError?.message).toContain("Too busy.");
  expect(ids()).toHaveLength(25);
  expect(result.current.hasNext).toBe(true);

  world.failures.clear();
  act(result.current.loadMore);
  await settled();
  expect(ids()).toHaveLength(50);
  expect(result.current.moreError).toBeUndefined();
});

it("a first page that could not be had is an error, not an empty list", async () => {
  const world = new World(1);
  world.failures.set("PagedClicks", { message: "Too busy." });
  const { result, settled, shows, wasEmpty } = page(world);
  await settled();
  expect(result.current.error?.message).toContain("Too busy.");
  expect(wasEmpty()).toBe(false);
  world.failures.clear();
  act(result.current.refetch);
  await shows(idsOf(world).slice(0, 25));
  expect(result.current.error).toBeUndefined();
});

it("a list is empty only when nothing is awaited", async () => {
  const world = new World(1);
  const clicks = world.clicks.splice(0);
  const { result, settled, shows, seen } = page(world);
  await settled();
  expect(result.current.isEmpty).toBe(true);
  const before = seen.length;
  world.clicks.push(...clicks);
  act(result.current.refetch);
  await shows(clicks.slice(0, 25).map((click) => click.id));
  expect(seen.slice(before)).toContainEqual({ isEmpty: false, fetching: true });
  expect(seen.slice(before)).not.toContainEqual({ isEmpty: true, fetching: false });
});

it("restarting leaves the first page", async () => {
  const { world, result, settled, shows } = page();
  await settled();
  act(result.current.loadMore);
  await settled();
  act(result.current.restart);
  await shows(idsOf(world).slice(0, 25));
  expect(result.current.hasNext).toBe(true);
});

it("a query of the same field by another part of the app changes nothing", async () => {
  const { client, result, ids, settled, world } = page();
  await settled();
  const other = graphql(`
    query OtherClicks {
      clicks(first: 5) {
        edges {
          node {
            id
          }
        }
      }
    }
  `);
  await client.query(other, {}).toPromise();
  act(result.current.loadMore);
  await settled();
  expect(ids()).toEqual(idsOf(world).slice(0, 50));
});
