import type { VariablesOf } from "@/graphql/graphql";

import { bodyRule, type RuleKind, type Status } from "./draft";
import type { Tracker, TrackerVersion, UpdateTracker } from "./tracker-parts";

// What the form of a tracker holds, and how it becomes the API's input: what was changed alone, so that what is left out stays as it is.

export type TrackerInput = VariablesOf<typeof UpdateTracker>["input"];

export interface GoalDraft {
  enabled: boolean;
  statuses: Status[];
  /** What is sent as the event, where that is to change. */
  event: string | null;
  /** Null for the tracker's URL. */
  ownUrl: string | null;
}

export interface TrackerDraft {
  name: string;
  urlTemplate: string;
  /** The new host of every URL; null to leave them as they are. */
  domain: string | null;
  method: "GET" | "POST";
  rule: RuleKind;
  rulePath: string;
  ruleValue: string;
  /** By key. A goal that is not there has no postback and stays off. */
  goals: Record<string, GoalDraft>;
  allCampaigns: boolean;
  defaultLinks: boolean;
  shares: boolean;
  campaignIds: string[];
  tokens: readonly [string, string, string];
}

export const newGoal: GoalDraft = { enabled: true, statuses: ["APPROVED"], event: null, ownUrl: null };

const known = (statuses: readonly (Status | "UNKNOWN")[]) => statuses.filter((s) => s !== "UNKNOWN");

/** What the form begins with. */
export function toDraft(tracker: Tracker): TrackerDraft {
  const { tokens } = tracker;
  return {
    name: tracker.name,
    urlTemplate: tracker.urlTemplate,
    domain: null,
    method: tracker.method,
    rule: tracker.bodyRule?.kind ?? "NONE",
    rulePath: tracker.bodyRule?.path ?? "",
    ruleValue: tracker.bodyRule?.value ?? "",
    goals: Object.fromEntries(
      tracker.goals.map(({ goal, enabled, statuses, ownUrl, urlTemplate }) => [
        goal.key,
        { enabled, statuses: known(statuses), event: null, ownUrl: ownUrl ? urlTemplate : null },
      ]),
    ),
    allCampaigns: tracker.allCampaigns,
    defaultLinks: tracker.defaultLinks,
    shares: tracker.shares,
    campaignIds: tracker.chosenCampaigns.map(({ id }) => id).sort(),
    tokens: [tokens.param1 ?? "", tokens.param2 ?? "", tokens.param3 ?? ""],
  };
}

/**
 * The form with what an older version was, to be looked at and saved. Tokens stay, and so do rules of goals with several postbacks:
 * each of those is changed by itself.
 */
export function restored(
  now: TrackerDraft,
  { spec }: TrackerVersion,
  hasSeveral: (goal: string) => boolean,
): TrackerDraft {
  const goals: Record<string, GoalDraft> = {};
  for (const [key, goal] of Object.entries(now.goals)) {
    goals[key] = { ...goal, enabled: spec.goals.some((g) => g.goal === key && g.enabled) };
  }
  for (const { goal, scope, enabled, statuses, urlTemplate } of spec.goals) {
    if (scope !== "GLOBAL" || hasSeveral(goal)) continue;
    const ownUrl = urlTemplate === spec.urlTemplate ? null : urlTemplate;
    goals[goal] = { enabled, statuses: known(statuses), event: null, ownUrl };
  }
  const host = hostOf(spec.urlTemplate);
  const hosts = new Set([host, ...spec.goals.map(({ urlTemplate }) => hostOf(urlTemplate))]);
  return {
    ...now,
    name: spec.name,
    urlTemplate: spec.urlTemplate,
    // All were on one host: all go back there, those of several postbacks too.
    domain: hosts.size === 1 && host !== hostOf(now.urlTemplate) ? host : null,
    method: spec.method,
    rule: spec.bodyRule?.kind ?? "NONE",
    rulePath: spec.bodyRule?.path ?? "",
    ruleValue: spec.bodyRule?.value ?? "",
    goals,
    allCampaigns: spec.allCampaigns,
    defaultLinks: spec.defaultLinks,
    shares: spec.shares,
    campaignIds: spec.chosenCampaigns.map(({ id }) => id).sort(),
  };
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

type GoalInput = NonNullable<TrackerInput["goals"]>[number];

function goalChange(goal: string, is: GoalDraft, was: GoalDraft | undefined): GoalInput | null {
  if (isSame(is, was) || (was === undefined && !is.enabled)) return null;
  return {
    goal,
    enabled: is.enabled,
    ...(!isSame(is.statuses, was?.statuses) && { statuses: is.statuses }),
    ...(is.event !== null && { event: is.event }),
    ...(is.ownUrl !== (was?.ownUrl ?? null) && { urlTemplate: is.ownUrl?.trim() ?? "" }),
  };
}

/** What is changed, as the API takes it; the goals in the order of the event dictionary. */
export function changes(
  id: string,
  is: TrackerDraft,
  was: TrackerDraft,
  dictionary: readonly string[],
): TrackerInput {
  const goals = dictionary.flatMap((key) => {
    const goal = is.goals[key];
    return (goal && goalChange(key, goal, was.goals[key])) ?? [];
  });
  const campaignIds = [...is.campaignIds].sort();
  return {
    id,
    ...(is.name !== was.name && { name: is.name.trim() }),
    ...(is.urlTemplate !== was.urlTemplate && { urlTemplate: is.urlTemplate.trim() }),
    ...(is.domain !== null && { domain: is.domain.trim() }),
    ...(is.method !== was.method && { method: is.method }),
    ...(!isSame(bodyRule(is), bodyRule(was)) && { bodyRule: bodyRule(is) }),
    ...(goals.length > 0 && { goals }),
    ...(is.allCampaigns !== was.allCampaigns && { allCampaigns: is.allCampaigns }),
    ...(is.defaultLinks !== was.defaultLinks && { defaultLinks: is.defaultLinks }),
    ...(is.shares !== was.shares && { shares: is.shares }),
    ...(!isSame(campaignIds, was.campaignIds) && { campaignIds }),
    ...(!isSame(is.tokens, was.tokens) && {
      tokens: { param1: is.tokens[0], param2: is.tokens[1], param3: is.tokens[2] },
    }),
  };
}

/** What can be said before the server is asked: only that something is missing. */
export function missing(draft: TrackerDraft): Record<string, string> {
  const fields: Record<string, string> = {};
  if (draft.name.trim() === "") fields["name"] = "Enter a name.";
  if (draft.urlTemplate.trim() === "") fields["urlTemplate"] = "Paste your tracker's postback URL.";
  if (draft.rule !== "NONE" && draft.ruleValue === "") fields["bodyRule"] = "Enter what to compare with.";
  if (draft.rule === "JSON_FIELD" && draft.rulePath.trim() === "")
    fields["bodyRule"] = "Enter the JSON field.";
  for (const [key, goal] of Object.entries(draft.goals)) {
    if (goal.enabled && goal.statuses.length === 0) {
      fields[`goal ${key}`] = "Choose at least one status; without one it never fires.";
    } else if (goal.ownUrl?.trim() === "") {
      fields[`goal ${key}`] = "Enter the goal's URL, or use the tracker's.";
    }
  }
  return fields;
}

/** The host of a URL as it stands in the editor; empty while there is none. */
export function hostOf(template: string): string {
  return /^\s*https?:\/\/([^/?#{}\s]+)/i.exec(template)?.[1] ?? "";
}
