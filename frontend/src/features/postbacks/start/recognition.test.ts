import { expect, it } from "vitest";

import { inOneLine, type Recognition } from "./recognition";

function parameter(name: string, value: string, macro: string | null): Recognition["parameters"][number] {
  return {
    name,
    value,
    macro,
    proposal: macro === null ? value : `{${macro}}`,
    confidence: "SURE",
    reason: "",
    start: 0,
  };
}

const pasted: Recognition = {
  tracker: null,
  confidence: "NONE",
  reason: null,
  network: "CAKE",
  dialect: "",
  source: "",
  ownUrl: null,
  urlTemplate: "https://t.example/pb",
  parameters: [
    parameter("subid", "#s2#", "param_1"),
    parameter("payout", "REPLACE", "payout"),
    parameter("currency", "usd", null),
    parameter("type", "sale", null),
  ],
};

it("counts placeholders apart from the fixed values that are kept", () => {
  expect(inOneLine(pasted)).toBe("CAKE format: all 2 placeholders mapped, 2 fixed values kept.");
  expect(inOneLine({ ...pasted, network: null, parameters: pasted.parameters.slice(0, 2) })).toBe(
    "Tracker not recognised: all 2 placeholders mapped.",
  );
});

it("says that a placeholder is not mapped, in whatever way it is written", () => {
  for (const value of ["#s5#", "{sub5}", "[[x]]", "%sub5%", "__SUB5__", "<sub5>", "REPLACE", ""]) {
    const parameters = [...pasted.parameters, parameter("sub5", value, null)];
    expect(inOneLine({ ...pasted, parameters })).toBe(
      "CAKE format: 2 of 3 placeholders mapped, 2 fixed values kept.",
    );
  }
});

it("has one line for a URL without parameters, and for one without placeholders", () => {
  expect(inOneLine({ ...pasted, parameters: [] })).toBe("CAKE format: no placeholders.");
  expect(inOneLine({ ...pasted, parameters: pasted.parameters.slice(2) })).toBe(
    "CAKE format: no placeholders, 2 fixed values kept.",
  );
  expect(inOneLine({ ...pasted, parameters: pasted.parameters.slice(0, 1) })).toBe(
    "CAKE format: 1 placeholder mapped.",
  );
});
