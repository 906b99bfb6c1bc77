import { expect, it } from "vitest";

import { changed, changesOf } from "./platforms";

const word = (from: string, to: string) => ({ from, to });

it("what the old template brought goes, what staff added stays, and the new template wins", () => {
  const changes = changesOf(
    [word("reg", "registration"), word("own", "kyc"), word("dep", "deposit"), word("same", "ftd")],
    [word("reg", "registration"), word("same", "ftd")],
    [word("dep", "ftd"), word("same", "ftd"), word("new", "cpa")],
  );
  expect(changes.map(({ word: { from, to }, kind }) => `${kind} ${from} ${to}`)).toEqual([
    "removed reg registration",
    "kept own kyc",
    "removed dep deposit",
    "kept same ftd",
    "added dep ftd",
    "added new cpa",
  ]);
  expect(changed(changes)).toEqual([
    word("own", "kyc"),
    word("same", "ftd"),
    word("dep", "ftd"),
    word("new", "cpa"),
  ]);
});
