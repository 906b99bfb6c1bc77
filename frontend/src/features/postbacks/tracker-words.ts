import { formatNumber, plural } from "@/components/ui/format";
import { stateWord } from "@/components/ui/badge";

import type { TrackerRow, TrackerVersion } from "./tracker-parts";

type Having = Pick<TrackerRow, "id" | "allCampaigns" | "defaultLinks" | "shares" | "chosenCampaigns"> & {
  affiliate: { id: string };
};

/** Whether another tracker of the same affiliate has chosen campaigns: they are not left to the one with all. */
function othersChose(tracker: Having, all: readonly Having[]): boolean {
  return all.some(
    (other) =>
      other.id !== tracker.id &&
      other.affiliate.id === tracker.affiliate.id &&
      !other.shares &&
      other.chosenCampaigns.length > 0,
  );
}

/** The campaigns that a tracker has, in words; `all` are the trackers that are known besides. */
export function campaignsInWords(tracker: Having, all: readonly Having[]): string {
  const { allCampaigns, chosenCampaigns, defaultLinks, shares } = tracker;
  const [first] = chosenCampaigns;
  const chosen =
    first === undefined
      ? ""
      : chosenCampaigns.length === 1
        ? first.name
        : `${formatNumber(chosenCampaigns.length)} campaigns`;
  const parts: string[] = [];
  if (allCampaigns && (shares || !othersChose(tracker, all))) parts.push("All campaigns");
  else if (allCampaigns) parts.push(chosen === "" ? "All other campaigns" : `${chosen} and all others`);
  else if (chosen !== "") parts.push(chosen);
  if (defaultLinks) parts.push(parts.length === 0 ? "Default tracking links" : "default tracking links");
  if (parts.length === 0) parts.push("No campaigns");
  if (shares) parts.push("shared with other trackers");
  return parts.join(", ");
}

/** Statuses where they are not only "approved"; empty otherwise. */
export function statusesInWords(statuses: TrackerRow["goals"][number]["statuses"]): string {
  if (statuses.length === 1 && statuses[0] === "APPROVED") return "";
  return statuses.map((s) => stateWord(s).toLowerCase()).join(", ");
}

type Spec = TrackerVersion["spec"];

/** A URL without its host: a tracker that moves takes all of them along. */
const withoutHost = (url: string) => url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");

/** The postbacks of all campaigns, by goal; of several for one goal, each. */
function globals(spec: Spec): Map<string, Spec["goals"][number]> {
  const found = new Map<string, Spec["goals"][number]>();
  for (const goal of spec.goals) {
    if (goal.scope !== "GLOBAL") continue;
    const before = [...found.values()].filter((g) => g.goal === goal.goal).length;
    found.set(`${goal.goal} ${String(before)}`, goal);
  }
  return found;
}

function goalChanges(is: Spec, was: Spec, nameOf: (key: string) => string): string[] {
  const words: string[] = [];
  const before = globals(was);
  const after = globals(is);
  for (const [key, goal] of after) {
    const old = before.get(key);
    const name = nameOf(goal.goal);
    if (goal.enabled !== (old?.enabled ?? false)) words.push(`${name} ${goal.enabled ? "on" : "off"}`);
    if (old === undefined) continue;
    if (goal.statuses.join() !== old.statuses.join()) {
      words.push(`${name}: ${goal.statuses.map((s) => stateWord(s).toLowerCase()).join(", ")}`);
    }
    const isOwn = goal.urlTemplate !== is.urlTemplate;
    if (isOwn && withoutHost(goal.urlTemplate) !== withoutHost(old.urlTemplate))
      words.push(`own URL for ${name}`);
    if (!isOwn && old.urlTemplate !== was.urlTemplate) words.push(`no own URL for ${name}`);
  }
  for (const [key, old] of before) {
    if (!after.has(key)) words.push(`${nameOf(old.goal)} deleted`);
  }
  const others = (spec: Spec) => spec.goals.length - globals(spec).size;
  const more = others(is) - others(was);
  if (more !== 0) {
    const count = plural(Math.abs(more), "campaign or offer postback", "campaign or offer postbacks");
    words.push(more > 0 ? `${count} added` : `${count} deleted`);
  }
  return words;
}

function campaignChanges(is: Spec, was: Spec): string[] {
  const words: string[] = [];
  if (is.allCampaigns !== was.allCampaigns)
    words.push(is.allCampaigns ? "all campaigns" : "chosen campaigns only");
  const left = was.chosenCampaigns.filter(({ id }) => is.chosenCampaigns.every((c) => c.id !== id));
  const come = is.chosenCampaigns.filter(({ id }) => was.chosenCampaigns.every((c) => c.id !== id));
  if (come.length > 0) words.push(`${come.map((c) => c.name).join(", ")} added`);
  if (left.length > 0) words.push(`${left.map((c) => c.name).join(", ")} given up`);
  if (is.defaultLinks !== was.defaultLinks) {
    words.push(is.defaultLinks ? "default tracking links added" : "default tracking links given up");
  }
  if (is.shares !== was.shares) words.push(is.shares ? "shares campaigns" : "no longer shares campaigns");
  return words;
}

/** What a version changed, in words; what the URL changed is shown beside it. */
export function versionInWords(is: Spec, was: Spec | undefined, nameOf: (key: string) => string): string[] {
  if (was === undefined) return ["Created"];
  return [
    ...(is.name === was.name ? [] : [`renamed from ${was.name} to ${is.name}`]),
    ...(is.method === was.method ? [] : [`${was.method} to ${is.method}`]),
    ...(JSON.stringify(is.bodyRule) === JSON.stringify(was.bodyRule) ? [] : ["success rule"]),
    ...goalChanges(is, was, nameOf),
    ...campaignChanges(is, was),
  ];
}
