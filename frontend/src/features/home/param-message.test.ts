import { expect, test } from "vitest";

import { paramMessage } from "./param-message";

test("the message says how many clicks, what is lost, and where to fix it", () => {
  const text = paramMessage(
    { name: "North Star Media", clicks: 2000, without: 1500 },
    "https://go.postrider.example",
  );
  expect(text).toContain("Hi North Star Media,");
  expect(text).toContain("1,500 of your 2,000 clicks (75%) came without param_1");
  expect(text).toContain("param_1={clickid}");
  expect(text).toContain("https://go.postrider.example/links");
});
