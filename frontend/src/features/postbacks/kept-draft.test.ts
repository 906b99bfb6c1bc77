import { describe, expect, it, vi } from "vitest";

import { newDraft, type RuleKind } from "./draft";
import { forget, keep, keptName, readKept } from "./kept-draft";

const at = "2026-06-12T10:00:00.000Z";
const rules: Record<RuleKind, string> = {
  NONE: "",
  CONTAINS: "OK",
  NOT_CONTAINS: "error",
  JSON_FIELD: "true",
  STATUS_CODE: "200",
};

describe("a draft that is kept", () => {
  it.each(Object.entries(rules))("is read as it was, with the rule %s", (kind, ruleValue) => {
    const draft = {
      ...newDraft,
      urlTemplate: "https://t.example/pb?cid={param_1}",
      goals: ["ftd"],
      rule: kind as RuleKind,
      ruleValue,
    };
    const kept = { at, draft, version: 3, isChosen: true };
    keep("one", kept);
    expect(readKept("one")).toEqual(kept);
    forget("one");
    expect(readKept("one")).toBeNull();
  });

  it("is another one for each user and each postback", () => {
    keep(keptName("U1", "P1"), { at, draft: newDraft, version: 1, isChosen: true });
    expect(readKept(keptName("U2", "P1"))).toBeNull();
    expect(readKept(keptName("U1", "P2"))).toBeNull();
    expect(readKept(keptName("U1", "P1"))).not.toBeNull();
  });

  it.each(["", "no JSON", "null", "{}", '{"at":"now","draft":{"name":1},"version":1,"isChosen":true}'])(
    "is none where %s is stored: an earlier version of the app wrote it",
    (text) => {
      sessionStorage.setItem("one", text);
      expect(readKept("one")).toBeNull();
    },
  );

  it("is not there, and does no harm, where the browser has no room", () => {
    const full = vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    keep("one", { at, draft: newDraft, version: 1, isChosen: true });
    full.mockRestore();
    expect(readKept("one")).toBeNull();
  });
});
