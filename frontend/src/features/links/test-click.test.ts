import { expect, it } from "vitest";

import { asTestClick } from "./test-click";

it("a test click has a value of its own, and no tokens that a tracker would have replaced", () => {
  const { url, param1 } = asTestClick(
    "https://go.example/c/abc?param_1={subid}&param_2={source}&lp=main",
    46655,
  );
  expect(param1).toBe("test-zzz");
  expect(url).toBe("https://go.example/c/abc?param_1=test-zzz&param_2=source&lp=main&test=1");
});

it("carries param_1 even where the link has none", () => {
  expect(asTestClick("https://go.example/c/abc", 1).url).toBe(
    "https://go.example/c/abc?param_1=test-1&test=1",
  );
});
