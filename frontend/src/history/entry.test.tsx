import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it } from "vitest";

import { EntryContext, useKept } from "./entry";

/** A visit of a page: what it was given, and the way to leave it. */
function visit(owner: object, entry: string, name = "list") {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <EntryContext value={entry}>{children}</EntryContext>
  );
  const { result, rerender, unmount } = renderHook((of: string) => useKept(owner, of, () => ({ of })), {
    wrapper,
    initialProps: name,
  });
  return { now: () => result.current, rename: rerender, leave: unmount };
}

/** What one visit is given, which ends at once. */
function given(owner: object, entry: string, name?: string): object {
  const page = visit(owner, entry, name);
  page.leave();
  return page.now();
}

it("who comes back to an entry finds what was made there, and nobody else does", () => {
  const owner = {};
  const made = given(owner, "a");
  expect(given(owner, "b")).not.toBe(made);
  expect(given({}, "a")).not.toBe(made);
  expect(given(owner, "a", "other")).not.toBe(made);
  expect(given(owner, "a")).toBe(made);
});

it("stays the same as long as the page stands there", () => {
  const page = visit({}, "a");
  const made = page.now();
  page.rename("list");
  expect(page.now()).toBe(made);
});

it("another name is another thing at once, and the first is found again", () => {
  const page = visit({}, "a");
  const first = page.now();
  page.rename("other");
  expect(page.now()).toEqual({ of: "other" });
  page.rename("list");
  expect(page.now()).toBe(first);
});

it("without an entry nothing is kept, and nothing makes way", () => {
  const owner = {};
  const made = Array.from({ length: 20 }, (_, i) => given(owner, `entry ${String(i)}`));
  expect(given(owner, "")).not.toBe(given(owner, ""));
  expect(given(owner, "entry 0")).toBe(made[0]);
});

it("keeps the twenty that were used last", () => {
  const owner = {};
  const entries = Array.from({ length: 20 }, (_, i) => `entry ${String(i)}`);
  const made = entries.map((entry) => given(owner, entry));
  // Used once more: now the second is the oldest.
  expect(given(owner, "entry 0")).toBe(made[0]);
  given(owner, "one more");
  expect(given(owner, "entry 0")).toBe(made[0]);
  expect(given(owner, "entry 2")).toBe(made[2]);
  expect(given(owner, "entry 1")).not.toBe(made[1]);
});
