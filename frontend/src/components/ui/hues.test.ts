// @vitest-environment node
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { hue, kindOf } from "./hues";

/** The registry, read out of the program's text: in the app it comes from the server. */
function registry(): { name: string; group: string }[] {
  const text = readFileSync(join(import.meta.dirname, "../../../../domain/macro/names.go"), "utf8");
  const constants = new Map([...text.matchAll(/^\t(\w+) +Name = "(\w+)"/gm)].map((m) => [m[1], m[2]]));
  return [
    ...text.matchAll(/^\t\{Name: (\w+),(?: Aliases: \[\]string\{([^}]*)\},)? Group: Group(\w+)/gm),
  ].flatMap(([, name, aliases, group = ""]) =>
    [constants.get(name) ?? "", ...[...(aliases ?? "").matchAll(/"(\w+)"/g)].map((m) => m[1] ?? "")].map(
      (one) => ({ name: one, group }),
    ),
  );
}

it("a macro and its aliases have the hue of its group", () => {
  const macros = registry();
  expect(macros.length).toBeGreaterThan(35);
  const shared = ["Time", "Delivery", "Aggregated"];
  for (const { name, group } of macros) {
    const kind = group === "Params" ? "Your parameters" : group;
    expect([name, kindOf(name)]).toEqual([name, shared.includes(kind) ? "Other" : kind]);
  }
  expect(hue("PAYOUT")).toBe(hue("amount"));
  expect(hue("payout")).not.toBe(hue("param_1"));
});
