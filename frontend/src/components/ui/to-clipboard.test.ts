import { afterEach, expect, it, vi } from "vitest";

import { toClipboard } from "./to-clipboard";

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

it("copies over plain http, where there is no clipboard API, and gives the focus back", async () => {
  vi.stubGlobal("navigator", {});
  let copied = "";
  document.execCommand = (command) => {
    const field = document.activeElement;
    if (command === "copy" && field instanceof HTMLTextAreaElement) copied = field.value;
    return copied !== "";
  };
  document.body.innerHTML = `<div role="dialog"><button>Copy</button></div>`;
  const button = document.querySelector("button");
  button?.focus();
  expect(await toClipboard("https://links.example/c/1?param_1={subid}")).toBe(true);
  expect(copied).toBe("https://links.example/c/1?param_1={subid}");
  expect(document.activeElement).toBe(button);
  expect(document.querySelector("textarea")).toBeNull();
});

it("says so where nothing can be copied", async () => {
  vi.stubGlobal("navigator", {});
  document.execCommand = () => {
    throw new Error("not here");
  };
  expect(await toClipboard("x")).toBe(false);
});
