// @vitest-environment node
import { expect, it } from "vitest";

import { paramMarks } from "./param-marks";

it("finds the values of the params, and no empty ones", () => {
  const url = "https://go.example/c/Ab12Cd34?param_1={subid}&param_2=&param_3=x%20y&lp=main";
  expect(paramMarks(url).map(({ start, end, value }) => [value.name, url.slice(start, end)])).toEqual([
    ["param_1", "{subid}"],
    ["param_3", "x%20y"],
    ["lp", "main"],
  ]);
});
