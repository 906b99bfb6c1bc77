// @vitest-environment node
import { describe, expect, it } from "vitest";

import { type Draft, inWords, missing, newDraft, spanInWords, toInput } from "./draft";

const sound: Draft = { ...newDraft, goals: ["ftd"], urlTemplate: " https://t.example/pb?cid={param_1} " };

describe("a draft", () => {
  it("says what is missing, and nothing else", () => {
    expect(Object.keys(missing({ ...newDraft, statuses: [] }))).toEqual(["urlTemplate", "goals", "statuses"]);
    expect(missing(sound)).toEqual({});
    expect(missing({ ...sound, scope: "CAMPAIGN" })).toHaveProperty("campaignId");
    expect(missing({ ...sound, scope: "OFFER" })).toHaveProperty("offerId");
    expect(missing({ ...sound, rule: "CONTAINS" })).toHaveProperty("bodyRule");
    expect(missing({ ...sound, rule: "JSON_FIELD", ruleValue: "ok" })).toHaveProperty("bodyRule");
  });

  it("sends only the place that its scope has", () => {
    const input = toInput({ ...sound, scope: "GLOBAL", offerId: "o1", campaignId: "c1" });
    expect(input).toMatchObject({ offerId: null, campaignId: null, goals: ["ftd"], bodyRule: null });
    expect(input.urlTemplate).toBe("https://t.example/pb?cid={param_1}");
  });

  it("carries a rule on the body, with a path only where the kind has one", () => {
    const rule = { ruleValue: "OK", rulePath: "x" };
    expect(toInput({ ...sound, ...rule, rule: "CONTAINS" }).bodyRule).toEqual({
      kind: "CONTAINS",
      value: "OK",
      path: null,
    });
    expect(toInput({ ...sound, ...rule, rule: "JSON_FIELD" }).bodyRule?.path).toBe("x");
  });

  it("asks for corrections where they are wanted", () => {
    expect(toInput(sound).sendCorrections).toBe(false);
    expect(toInput({ ...sound, sendCorrections: true }).sendCorrections).toBe(true);
    expect(inWords({ ...sound, sendCorrections: true }, ["FTD"], null)).toBe(
      "Fires for FTD in all campaigns, once it is approved. Corrections are sent too.",
    );
  });

  it("is a sentence", () => {
    expect(inWords({ ...sound, statuses: ["APPROVED", "REJECTED"] }, ["FTD"], null)).toBe(
      "Fires for FTD in all campaigns, once it is approved or rejected.",
    );
    expect(inWords({ ...sound, scope: "CAMPAIGN", enabled: false }, ["A", "B", "C"], "Facebook")).toBe(
      "Fires for A, B and C in Facebook only, once it is approved. It is switched off for now.",
    );
  });
});

describe("aggregation", () => {
  const draft: Draft = { ...sound, goals: ["ftd", "deposit"], aggregateSeconds: 5400 };

  it("makes one postback of several goals", () => {
    expect(toInput(draft)).toMatchObject({ goals: ["ftd", "deposit"], aggregateSeconds: 5400 });
    expect(toInput({ ...draft, goals: ["ftd"], aggregateSeconds: null })).toMatchObject({
      goals: ["ftd"],
      aggregateSeconds: null,
    });
  });

  it("says so in plain words", () => {
    expect(inWords(draft, ["FTD", "Deposit"], null)).toContain(
      "Conversions of one click within 1 hour and 30 minutes are sent in one request.",
    );
    expect(spanInWords(86_400)).toBe("1 day");
  });
});
