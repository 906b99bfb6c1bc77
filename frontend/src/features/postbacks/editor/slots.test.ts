import { describe, expect, it } from "vitest";

import { addParameter, parametersIn, removeParameter, renameParameter } from "./parameters";
import { macroNames, slotAt, slotsOf } from "./slots";

const names = macroNames([
  { name: "param_1", aliases: ["sub1"] },
  { name: "payout", aliases: [] },
  { name: "goal_id", aliases: [] },
]);

const seen = (text: string) => slotsOf(text, names).map((s) => `${s.kind} ${s.parameter ?? "-"} ${s.text}`);

describe("the slots of a template", () => {
  it("are the values of its parameters: macros, literals, foreign tokens, and empty ones", () => {
    expect(
      seen("https://t.example/{param_1}/pb?cid={SUB1}&p={payout|mul:0.5}&lit=abc&x={clickid}&e="),
    ).toEqual([
      "macro - {param_1}",
      "macro cid {SUB1}",
      "macro p {payout|mul:0.5}",
      "literal lit abc",
      "foreign x {clickid}",
      "empty e ",
    ]);
  });

  it("name a macro by its own name, whatever is written", () => {
    expect(slotsOf("https://t.example/?a={SUB1|upper}", names)[0]).toMatchObject({ macro: "param_1" });
    // With spaces it is a name that the server does not know.
    expect(slotsOf("https://t.example/?a={ sub1 |upper}", names)[0]).toMatchObject({
      kind: "foreign",
      macro: "",
    });
  });

  it("cut a value of several pieces", () => {
    expect(seen("https://t.example/?a={goal_id}x{payout}-1")).toEqual([
      "macro a {goal_id}",
      "literal a x",
      "macro a {payout}",
      "literal a -1",
    ]);
  });

  it.each([
    "{{x}}",
    "#s2#",
    "##X##",
    "[x]",
    "[[x]]",
    "${x}",
    "#{a.b}",
    "%click_id%",
    "%%X%%",
    "__X__",
    "<x>",
    "(x)",
  ])("know %s as somebody else's token", (token) => {
    expect(seen(`https://t.example/?a=${token}&b=1`)).toEqual([`foreign a ${token}`, "literal b 1"]);
  });

  it("take no escape for a token, nor what stands in the host", () => {
    expect(seen("https://{sub1}.t.example/?a=x%20and%20y")).toContain("literal a x%20and%20y");
    expect(seen("https://t.example/pb#{payout}")).toEqual(["macro - {payout}"]);
  });

  it("keep a question mark, an ampersand and an equals sign that stand in a filter", () => {
    expect(seen("https://t.example/?a={goal_id|map:a=b,c=d&e?}&b=2")).toEqual([
      "macro a {goal_id|map:a=b,c=d&e?}",
      "literal b 2",
    ]);
  });

  it("cover whatever stands behind an equals sign, once, for any text", () => {
    const letters = ["a", "{param_1}", "{", "}", "&", "=", "?", "#", "/", "%", "[", "]", "|", "\\", "é"];
    let seed = 7;
    const next = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    for (let round = 0; round < 3000; round += 1) {
      const text = `https://t.example/?${Array.from({ length: next(14) }, () => letters[next(letters.length)]).join("")}`;
      let end = 0;
      for (const slot of slotsOf(text, names)) {
        expect(slot.start).toBeGreaterThanOrEqual(end);
        expect(text.slice(slot.start, slot.end)).toBe(slot.text);
        end = slot.end;
      }
    }
  });

  it("are found by a selection or a cursor", () => {
    const slots = slotsOf("https://t.example/?a=&b=xyz", names);
    expect(slotAt(slots, 21)?.parameter).toBe("a");
    expect(slotAt(slots, 25)?.text).toBe("xyz");
    expect(slotAt(slots, 3)).toBeNull();
  });
});

describe("the parameters of a table", () => {
  const text = "https://t.example/pb?a={param_1}&b=&c=x{payout}#f";
  const [a, b, c] = parametersIn(text, names);

  it("are those of the URL, with the pieces of each value", () => {
    expect(parametersIn(text, names).map((p) => [p.name, p.slots.length])).toEqual([
      ["a", 1],
      ["b", 1],
      ["c", 2],
    ]);
  });

  it("are renamed, removed and added without a stray sign", () => {
    if (!a || !b || !c) throw new Error("three parameters");
    expect(renameParameter(text, a, "c&id")).toBe("https://t.example/pb?cid={param_1}&b=&c=x{payout}#f");
    expect(removeParameter(text, a)).toBe("https://t.example/pb?b=&c=x{payout}#f");
    expect(removeParameter(text, c)).toBe("https://t.example/pb?a={param_1}&b=#f");
    expect(addParameter(text, names)).toBe("https://t.example/pb?a={param_1}&b=&c=x{payout}&name1=#f");
    expect(addParameter("https://t.example/{goal_id|default:#?}?a=1", names)).toBe(
      "https://t.example/{goal_id|default:#?}?a=1&name1=",
    );
    expect(addParameter("https://t.example/pb", names)).toBe("https://t.example/pb?name1=");
  });
});
