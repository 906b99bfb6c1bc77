// @vitest-environment node
import { describe, expect, it } from "vitest";

import { changes, hostOf, missing, newGoal, restored, type TrackerDraft } from "./tracker-draft";
import type { TrackerVersion } from "./tracker-parts";

const was: TrackerDraft = {
  name: "Keitaro",
  urlTemplate: "https://t.example/pb?c={param_1}",
  domain: null,
  method: "GET",
  rule: "NONE",
  rulePath: "",
  ruleValue: "",
  goals: {
    ftd: { enabled: true, statuses: ["APPROVED"], event: null, ownUrl: null },
    cpa: { enabled: true, statuses: ["APPROVED"], event: null, ownUrl: "https://t.example/cpa" },
  },
  allCampaigns: false,
  defaultLinks: false,
  shares: false,
  campaignIds: ["C1", "C2"],
  tokens: ["{subid}", "", ""],
};

const dictionary = ["registration", "ftd", "deposit", "cpa"];
const changed = (change: Partial<TrackerDraft>) => changes("T", { ...was, ...change }, was, dictionary);
const goals = (change: TrackerDraft["goals"]) => changed({ goals: { ...was.goals, ...change } }).goals;

describe("what is changed of a tracker", () => {
  it("is what differs, and nothing else", () => {
    expect(changed({})).toEqual({ id: "T" });
    expect(changed({ name: " Keitaro EU " })).toEqual({ id: "T", name: "Keitaro EU" });
    expect(changed({ domain: " new.example " })).toEqual({ id: "T", domain: "new.example" });
    expect(changed({ rule: "CONTAINS", ruleValue: "OK" })).toEqual({
      id: "T",
      bodyRule: { kind: "CONTAINS", value: "OK", path: null },
    });
    expect(changed({ tokens: ["{clickid}", "", ""] })).toEqual({
      id: "T",
      tokens: { param1: "{clickid}", param2: "", param3: "" },
    });
  });

  it("names all chosen campaigns, in whatever order they were chosen", () => {
    expect(changed({ campaignIds: ["C2", "C1"] })).toEqual({ id: "T" });
    expect(changed({ campaignIds: ["C3", "C1"] })).toEqual({ id: "T", campaignIds: ["C1", "C3"] });
  });

  it("names goals in the order of the dictionary, with what differs of each", () => {
    expect(goals({ registration: newGoal, deposit: { ...newGoal, enabled: false } })).toEqual([
      { goal: "registration", enabled: true, statuses: ["APPROVED"] },
    ]);
    expect(goals({ ftd: { ...newGoal, event: "sale" }, cpa: { ...newGoal, enabled: false } })).toEqual([
      { goal: "ftd", enabled: true, event: "sale" },
      { goal: "cpa", enabled: false, urlTemplate: "" },
    ]);
    expect(goals({ ftd: { ...newGoal, statuses: ["PENDING"], ownUrl: " https://t.example/ftd " } })).toEqual([
      { goal: "ftd", enabled: true, statuses: ["PENDING"], urlTemplate: "https://t.example/ftd" },
    ]);
  });
});

it("an older version comes back whole; goals that it did not have are off, and of several postbacks the rules stay", () => {
  const spec = (goal: string, scope: "GLOBAL" | "CAMPAIGN", urlTemplate: string) => ({
    goal,
    scope,
    enabled: true,
    statuses: ["REJECTED" as const],
    urlTemplate,
  });
  const version: TrackerVersion = {
    id: "V1",
    number: 1,
    createdAt: "2026-06-12T19:41:00Z",
    author: null,
    spec: {
      name: "Old",
      urlTemplate: "https://old.example/pb",
      method: "POST",
      bodyRule: null,
      allCampaigns: true,
      defaultLinks: true,
      shares: true,
      chosenCampaigns: [{ id: "C9", name: "Nine" }],
      goals: [
        spec("ftd", "GLOBAL", "https://old.example/ftd"),
        spec("deposit", "GLOBAL", "https://old.example/pb"),
        spec("kyc", "CAMPAIGN", "https://old.example/pb"),
        spec("registration", "GLOBAL", "https://old.example/reg"),
      ],
    },
  };
  const kyc = { ...newGoal, statuses: ["PENDING" as const] };
  const registration = { ...newGoal, enabled: false };
  const now = { ...was, domain: "x", goals: { ...was.goals, kyc, registration } };
  const back = restored(now, version, (goal) => goal === "registration");
  expect(back).toEqual({
    ...was,
    name: "Old",
    urlTemplate: "https://old.example/pb",
    domain: "old.example",
    method: "POST",
    goals: {
      ftd: { enabled: true, statuses: ["REJECTED"], event: null, ownUrl: "https://old.example/ftd" },
      deposit: { enabled: true, statuses: ["REJECTED"], event: null, ownUrl: null },
      cpa: { ...was.goals["cpa"], enabled: false },
      kyc,
      registration: newGoal,
    },
    allCampaigns: true,
    defaultLinks: true,
    shares: true,
    campaignIds: ["C9"],
  });
  const elsewhere = spec("net_revenue", "GLOBAL", "https://other.example/ngr");
  const split = { ...version, spec: { ...version.spec, goals: [...version.spec.goals, elsewhere] } };
  expect(restored(now, split, () => false).domain).toBeNull();
});

it("says what is missing, goal by goal", () => {
  expect(missing(was)).toEqual({});
  const bad = {
    ...was,
    name: " ",
    goals: {
      ftd: { ...newGoal, statuses: [] },
      cpa: { ...newGoal, ownUrl: " " },
      kyc: { ...newGoal, enabled: false, statuses: [] },
    },
  };
  expect(Object.keys(missing(bad))).toEqual(["name", "goal ftd", "goal cpa"]);
});

it("finds the host of a URL that is being written", () => {
  expect(hostOf("https://t.example:8443/pb?c={param_1}")).toBe("t.example:8443");
  expect(hostOf("https://t.example")).toBe("t.example");
  expect(hostOf("https://{domain}/pb")).toBe("");
  expect(hostOf("t.example/pb")).toBe("");
});
