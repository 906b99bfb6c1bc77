// @vitest-environment node
import { describe, expect, it } from "vitest";

import { campaignsInWords, versionInWords } from "./tracker-words";

const one = (change: object = {}) => ({
  id: "T1",
  affiliate: { id: "A1" },
  allCampaigns: false,
  defaultLinks: false,
  shares: false,
  chosenCampaigns: [] as { id: string; name: string }[],
  ...change,
});

const c = (n: number) => ({ id: `C${String(n)}`, name: `Campaign ${String(n)}` });

describe("the campaigns of a tracker", () => {
  const chooser = one({ id: "T2", chosenCampaigns: [c(1)] });

  it("are all, or all that others have not chosen", () => {
    const all = one({ allCampaigns: true, defaultLinks: true });
    expect(campaignsInWords(all, [all])).toBe("All campaigns, default tracking links");
    expect(campaignsInWords(all, [all, chooser])).toBe("All other campaigns, default tracking links");
    expect(campaignsInWords({ ...all, chosenCampaigns: [c(2), c(3)] }, [chooser])).toBe(
      "2 campaigns and all others, default tracking links",
    );
    expect(campaignsInWords(all, [{ ...chooser, affiliate: { id: "A2" } }])).toMatch(/^All campaigns/);
    expect(campaignsInWords(all, [{ ...chooser, shares: true }])).toMatch(/^All campaigns/);
    expect(campaignsInWords({ ...all, shares: true }, [chooser])).toBe(
      "All campaigns, default tracking links, shared with other trackers",
    );
  });

  it("are those that were chosen, or none", () => {
    expect(campaignsInWords(chooser, [])).toBe("Campaign 1");
    expect(campaignsInWords(one({ chosenCampaigns: [c(1), c(2), c(3)] }), [])).toBe("3 campaigns");
    expect(campaignsInWords(one({ defaultLinks: true }), [])).toBe("Default tracking links");
    expect(campaignsInWords(one(), [])).toBe("No campaigns");
  });
});

describe("what a version changed", () => {
  const goal = (key: string, change: object = {}) => ({
    goal: key,
    scope: "GLOBAL" as const,
    enabled: true,
    statuses: ["APPROVED" as const],
    urlTemplate: "https://t.example/pb",
    ...change,
  });
  const spec = {
    name: "Keitaro",
    urlTemplate: "https://t.example/pb",
    method: "GET" as const,
    bodyRule: null,
    allCampaigns: true,
    defaultLinks: true,
    shares: false,
    chosenCampaigns: [c(1)],
    goals: [goal("ftd"), goal("cpa", { urlTemplate: "https://t.example/cpa" })],
  };
  const words = (change: object) =>
    versionInWords({ ...spec, ...change }, spec, (key) => key.toUpperCase()).join("; ");

  it("is said goal by goal", () => {
    expect(words({})).toBe("");
    expect(words({ goals: [goal("ftd", { enabled: false }), spec.goals[1], goal("kyc")] })).toBe(
      "FTD off; KYC on",
    );
    expect(words({ goals: [goal("ftd", { statuses: ["PENDING", "APPROVED"] }), goal("cpa")] })).toBe(
      "FTD: pending, approved; no own URL for CPA",
    );
    expect(words({ goals: [goal("ftd", { urlTemplate: "https://t.example/ftd" })] })).toBe(
      "own URL for FTD; CPA deleted",
    );
    const rejected = goal("ftd", { urlTemplate: "https://t.example/no" });
    expect(words({ goals: [...spec.goals, rejected] })).toBe("FTD on");
    const moved = (g: object) =>
      JSON.parse(JSON.stringify(g).replaceAll("t.example", "new.example")) as typeof spec;
    expect(versionInWords(moved(spec), spec, String)).toEqual([]);
    expect(words({ goals: [...spec.goals, goal("ftd", { scope: "CAMPAIGN" })] })).toBe(
      "1 campaign or offer postback added",
    );
  });

  it("is said of its campaigns and its name", () => {
    expect(words({ name: "K2", method: "POST" })).toBe("renamed from Keitaro to K2; GET to POST");
    expect(words({ allCampaigns: false, chosenCampaigns: [c(2)], defaultLinks: false, shares: true })).toBe(
      "chosen campaigns only; Campaign 2 added; Campaign 1 given up; default tracking links given up; shares campaigns",
    );
    expect(versionInWords(spec, undefined, String)).toEqual(["Created"]);
  });
});
