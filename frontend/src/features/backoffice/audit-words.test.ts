import { expect, test } from "vitest";

import { type AuditChange, type AuditEntry, auditSentence, toldChanges, valueText } from "./audit-words";

function entry(
  action: string,
  entity: string,
  changes: AuditChange[],
  more?: Partial<AuditEntry>,
): AuditEntry {
  return { action, entity, entityId: "7", subject: null, affiliate: null, changes, ...more };
}

const change = (field: string, before: unknown, after: unknown): AuditChange => ({
  field,
  before: before === undefined ? null : JSON.stringify(before),
  after: after === undefined ? null : JSON.stringify(after),
});

const nordic = { name: "Nordic Media" };

test.each([
  [
    entry(
      "UPDATE",
      "POSTBACK",
      [
        change("url_template", "https://a/", "https://b/"),
        change("updated_at", "1", "2"),
        change("version", 1, 2),
      ],
      {
        subject: "Keitaro FTD",
        affiliate: nordic,
      },
    ),
    "changed the URL of postback “Keitaro FTD” of Nordic Media",
  ],
  [
    entry("UPDATE", "POSTBACK", [change("enabled", true, false)], { subject: "Keitaro FTD" }),
    "switched off postback “Keitaro FTD”",
  ],
  [
    entry("UPDATE", "OFFER", [change("name", "a", "b"), change("daily_cap", 1, 2)], {
      subject: "Golden Reels",
    }),
    "changed the name and daily cap of offer “Golden Reels”",
  ],
  [
    entry(
      "UPDATE",
      "OFFER",
      ["a", "b", "c", "d"].map((field) => change(field, 1, 2)),
      { subject: "Golden Reels" },
    ),
    "changed 4 settings of offer “Golden Reels”",
  ],
  [
    entry("UPDATE", "USER", [change("disabled_at", null, "2026-06-12T10:00:00Z")], {
      subject: "anna@x.example",
    }),
    "disabled user “anna@x.example”",
  ],
  [
    entry("UPDATE", "USER", [change("disabled_at", "2026-06-12T10:00:00Z", null)], {
      subject: "anna@x.example",
    }),
    "enabled user “anna@x.example”",
  ],
  [
    entry("CREATE", "AFFILIATE", [change("name", undefined, "Nordic Media")], {
      subject: "Nordic Media",
      affiliate: nordic,
    }),
    "created affiliate “Nordic Media”",
  ],
  [
    entry("REVEAL_SECRET", "INTEGRATION", [change("kind", undefined, "hmac")], { subject: "Royal" }),
    "read the signing key of integration “Royal”",
  ],
  [
    entry("ROTATE_SECRET", "POSTBACK", [], { subject: "Keitaro", affiliate: nordic }),
    "replaced the signing secret of postback “Keitaro” of Nordic Media",
  ],
  [
    entry("ATTRIBUTE", "CONVERSION", [change("clickId", undefined, "0190a0b0c0d0e0f00190a0b0c0d0e0f0")], {
      entityId: "0190ffffffffffffffffffffffffaaaa",
    }),
    "attributed conversion …ffffaaaa to click …c0d0e0f0",
  ],
  [
    entry(
      "UNDO_ATTRIBUTION",
      "CONVERSION",
      [
        change("clickId", "0190a0b0c0d0e0f00190a0b0c0d0e0f0", undefined),
        change("reason", undefined, "the wrong Nordic"),
      ],
      { entityId: "0190ffffffffffffffffffffffffaaaa" },
    ),
    "undid the attribution of conversion …ffffaaaa to click …c0d0e0f0: “the wrong Nordic”",
  ],
  [
    entry("IMPORT", "CONVERSION", [change("lines", undefined, 4), change("changed", undefined, 3)]),
    "imported statuses: 3 of 4 lines changed a conversion",
  ],
  [
    entry(
      "MAP_GOAL",
      "INTEGRATION",
      [change("word", undefined, "dep1"), change("goal", undefined, "ftd"), change("recorded", undefined, 2)],
      { subject: "Royal" },
    ),
    "recorded 2 conversions of integration “Royal” that waited for the goal dep1, mapped to ftd",
  ],
  [
    entry(
      "UNMAP_GOAL",
      "INTEGRATION",
      [change("word", undefined, "dep1"), change("takenBack", undefined, 2)],
      { subject: "Royal" },
    ),
    "took back 2 conversions of integration “Royal”, recorded when the goal dep1 was mapped",
  ],
  [
    entry("RESOLVE", "CLASH", [change("resolution", undefined, "separate")], {
      entityId: "0190ffffffffffffffffffffffffaaaa",
    }),
    "decided clash …ffffaaaa: it is another event",
  ],
  [entry("HOLD", "INSTALLATION", [], { entityId: "1" }), "put the installation on hold"],
])("%j", (of, sentence) => {
  expect(auditSentence(of)).toBe(sentence);
});

test("values are text, and what is empty is said", () => {
  expect(valueText('"https://a/?x=1"')).toBe("https://a/?x=1");
  expect(valueText("true")).toBe("on");
  expect(valueText('["ftd","kyc"]')).toBe("ftd, kyc");
  for (const empty of [null, "null", '""', "[]", "{}"]) expect(valueText(empty)).toBe("none");
});

test("no key is told, and of what was made only what it has", () => {
  const made = entry("CREATE", "AFFILIATE", [
    change("name", undefined, "Nordic"),
    change("echo_key", undefined, "s3cret"),
    change("note", undefined, ""),
  ]);
  expect(toldChanges(made).map(({ field }) => field)).toEqual(["name"]);
});
