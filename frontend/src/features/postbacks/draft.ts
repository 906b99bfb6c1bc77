import { listed } from "@/components/ui/format";
import type { VariablesOf } from "@/graphql/graphql";

import type { CreatePostback } from "./mutations";

export type PostbackInput = NonNullable<VariablesOf<typeof CreatePostback>["input"]["postback"]>;

// What the form holds, and how it becomes the API's input.

export type Scope = "GLOBAL" | "OFFER" | "CAMPAIGN";
export type Status = "PENDING" | "APPROVED" | "REJECTED" | "CANCELLED";
export type RuleKind = "NONE" | "CONTAINS" | "NOT_CONTAINS" | "JSON_FIELD" | "STATUS_CODE";

/** A campaign that is chosen for a new tracker. */
export interface ChosenCampaign {
  id: string;
  /** Whose it is now: the names of its trackers; empty if it has none. */
  from: string;
}

/** The campaigns of a new tracker. */
export interface CampaignsDraft {
  /** Some alone, not all; null until it was said. */
  areChosen: boolean | null;
  chosen: ChosenCampaign[];
  /** Null until it was said. */
  defaultLinks: boolean | null;
  /** Of all campaigns: they stay those of the tracker that has them, and this one is called beside it. */
  shares: boolean;
}

export interface Draft {
  name: string;
  scope: Scope;
  offerId: string | null;
  campaignId: string | null;
  goals: string[];
  /** For how long it aggregates the conversions of a click into one request; null to send each by itself. */
  aggregateSeconds: number | null;
  urlTemplate: string;
  method: "GET" | "POST";
  statuses: Status[];
  /** A correction of amount, currency, time or payout fires too. */
  sendCorrections: boolean;
  enabled: boolean;
  rule: RuleKind;
  rulePath: string;
  ruleValue: string;
  /** Of a new tracker alone. */
  campaigns: CampaignsDraft;
}

export const noCampaigns: CampaignsDraft = {
  areChosen: null,
  chosen: [],
  defaultLinks: null,
  shares: false,
};

export const newDraft: Draft = {
  name: "",
  scope: "GLOBAL",
  offerId: null,
  campaignId: null,
  goals: [],
  aggregateSeconds: null,
  urlTemplate: "",
  method: "GET",
  statuses: ["APPROVED"],
  sendCorrections: false,
  enabled: true,
  rule: "NONE",
  rulePath: "",
  ruleValue: "",
  campaigns: noCampaigns,
};

/** The form's fields, by which the server names what is wrong with them. */
export const fieldNames = [
  "urlTemplate",
  "goals",
  "statuses",
  "offerId",
  "campaignId",
  "name",
  "bodyRule",
  "aggregateSeconds",
];

/** What can be said before the server is asked: only that something is missing. */
export function missing(draft: Draft): Record<string, string> {
  const fields: Record<string, string> = {};
  if (draft.urlTemplate.trim() === "") fields["urlTemplate"] = "Paste your tracker's postback URL.";
  if (draft.goals.length === 0) fields["goals"] = "Choose at least one goal.";
  if (draft.statuses.length === 0)
    fields["statuses"] = "Choose at least one status; without one it never fires.";
  if (draft.scope === "OFFER" && draft.offerId === null) fields["offerId"] = "Choose the offer.";
  if (draft.scope === "CAMPAIGN" && draft.campaignId === null) fields["campaignId"] = "Choose the campaign.";
  if (draft.rule !== "NONE" && draft.ruleValue === "")
    fields["bodyRule"] =
      draft.rule === "STATUS_CODE" ? "Enter a status code, such as 200." : "Enter the text to compare with.";
  if (draft.rule === "JSON_FIELD" && draft.rulePath.trim() === "")
    fields["bodyRule"] = "Enter the JSON field.";
  return fields;
}

/** The rule that the tracker's answer has to meet; null for any 2xx. */
export function bodyRule(draft: Pick<Draft, "rule" | "rulePath" | "ruleValue">) {
  if (draft.rule === "NONE") return null;
  return {
    kind: draft.rule,
    value: draft.ruleValue,
    path: draft.rule === "JSON_FIELD" ? draft.rulePath.trim() : null,
  };
}

/** The draft as the API takes it, whatever is done with it. */
export function toInput(draft: Draft): PostbackInput {
  return {
    name: draft.name.trim(),
    scope: draft.scope,
    offerId: draft.scope === "OFFER" ? draft.offerId : null,
    campaignId: draft.scope === "CAMPAIGN" ? draft.campaignId : null,
    goals: draft.goals,
    statuses: draft.statuses,
    sendCorrections: draft.sendCorrections,
    enabled: draft.enabled,
    urlTemplate: draft.urlTemplate.trim(),
    method: draft.method,
    bodyRule: bodyRule(draft),
    aggregateSeconds: draft.aggregateSeconds,
  };
}

const statusMapping: Record<Status, string> = {
  PENDING: "pending",
  APPROVED: "approved",
  REJECTED: "rejected",
  CANCELLED: "cancelled",
};

const units = [
  { seconds: 86_400, word: "day" },
  { seconds: 3600, word: "hour" },
  { seconds: 60, word: "minute" },
  { seconds: 1, word: "second" },
] as const;

/** A span in words: 90 is "1 minute and 30 seconds". */
export function spanInWords(seconds: number): string {
  let left = seconds;
  const words: string[] = [];
  for (const unit of units) {
    const n = Math.floor(left / unit.seconds);
    left -= n * unit.seconds;
    if (n > 0) words.push(`${String(n)} ${unit.word}${n === 1 ? "" : "s"}`);
  }
  return listed(words);
}

/** What the draft means, as a sentence. Names are the goals' and the place's, as the server calls them. */
export function inWords(
  draft: Draft,
  goalNames: readonly string[],
  place: string | null,
  /** Of all campaigns, or of those that are chosen for a tracker. */
  campaigns = "in all campaigns",
): string {
  if (goalNames.length === 0) return "Choose a goal: it fires when a player reaches it.";
  const where =
    draft.scope === "GLOBAL"
      ? campaigns
      : draft.scope === "OFFER"
        ? `in all campaigns on ${place ?? "the offer that you choose"}`
        : `in ${place ?? "the campaign that you choose"} only`;
  const when =
    draft.statuses.length === 0
      ? "but never, because no status is chosen"
      : `once it is ${listed(
          draft.statuses.map((s) => statusMapping[s]),
          "or",
        )}`;
  const off = draft.enabled ? "" : " It is switched off for now.";
  const aggregates =
    draft.aggregateSeconds === null
      ? ""
      : ` Conversions of one click within ${spanInWords(draft.aggregateSeconds)} are sent in one request.`;
  const corrections = draft.sendCorrections ? " Corrections are sent too." : "";
  return `Fires for ${listed(goalNames)} ${where}, ${when}.${aggregates}${corrections}${off}`;
}
