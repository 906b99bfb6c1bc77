import { namesOf, type Tracker, withAllCampaigns } from "@/components/records/trackers";
import type { VariablesOf } from "@/graphql/graphql";

import { bodyRule, type CampaignsDraft, type Draft } from "./draft";
import type { CreateTracker } from "./mutations";

type TrackerInput = VariablesOf<typeof CreateTracker>["input"];

/** Host and path of a URL: URLs of one place belong to one tracker. Empty where there is no host yet. */
function placeOf(template: string): string {
  const [, host = "", path = ""] = /^https?:\/\/([^/?#\s]+)(\/[^?#]*)?/i.exec(template.trim()) ?? [];
  return host === "" ? "" : host.toLowerCase() + (path || "/");
}

/**
 * What saving makes of a new draft: a tracker with its campaigns; goals of the tracker that the URL goes to already; or a
 * postback by itself, in one offer, in one campaign besides its tracker, aggregated, or switched off for now.
 */
export type Making = { kind: "tracker" } | { kind: "goals"; of: Tracker } | { kind: "postback" };

export function making(draft: Draft, trackers: readonly Tracker[]): Making {
  const place = placeOf(draft.urlTemplate);
  const of = place === "" ? undefined : trackers.find((t) => placeOf(t.urlTemplate) === place);
  if (draft.scope !== "GLOBAL") return { kind: "postback" };
  if (of !== undefined) return { kind: "goals", of };
  return draft.aggregateSeconds === null && draft.enabled ? { kind: "tracker" } : { kind: "postback" };
}

/** The campaigns of a new tracker, with what is not said yet as it is best. */
export interface Campaigns {
  areChosen: boolean;
  chosen: CampaignsDraft["chosen"];
  defaultLinks: boolean;
  shares: boolean;
  /** Who has all campaigns now, and who the default links. */
  holders: readonly Tracker[];
  linkHolders: readonly Tracker[];
}

export function campaignsOf(draft: CampaignsDraft, trackers: readonly Tracker[]): Campaigns {
  const holders = withAllCampaigns(trackers);
  const linkHolders = trackers.filter((t) => t.defaultLinks && !t.shares);
  const areChosen = draft.areChosen ?? holders.length > 0;
  const shares = draft.shares && !areChosen;
  return {
    areChosen,
    chosen: draft.chosen,
    defaultLinks:
      draft.defaultLinks ?? (!areChosen && (shares || linkHolders.length === 0 || holders.length > 0)),
    shares,
    holders,
    linkHolders,
  };
}

/** A new draft: what is made of it, and the campaigns that it is for. */
export interface NewTracker {
  made: Making;
  campaigns: Campaigns;
}

/** Where it fires that is for no offer or campaign alone, in words. */
export function inCampaigns({ made, campaigns: { areChosen, chosen, shares } }: NewTracker): string {
  if (made.kind === "goals") return `in the campaigns of ${made.of.name}`;
  if (made.kind === "postback") return "in all campaigns";
  if (!areChosen) return shares ? "in all campaigns, beside their trackers" : "in all campaigns";
  if (chosen.length === 0) return "in the campaigns that you choose";
  return chosen.length === 1 ? "in the chosen campaign" : `in the ${String(chosen.length)} chosen campaigns`;
}

/** The fields of a tracker, by which the server names what is wrong with them; those of goals are the postbacks'. */
export const trackerFields = ["allCampaigns", "campaignIds", "defaultLinks"];

/** "Keitaro has all campaigns: each click carries the click id of one tracker." */
export function whyChosen(holders: readonly Tracker[]): string {
  const verb = holders.length === 1 ? "has" : "have";
  return `${namesOf(holders)} ${verb} all campaigns: each click carries the click id of one tracker.`;
}

/** The preset that the URL was begun with, for as long as it still goes there. */
export function presetOf(
  draft: Draft,
  begun: { urlTemplate: string; preset: string | null } | null,
): string | null {
  return begun !== null && placeOf(begun.urlTemplate) === placeOf(draft.urlTemplate) ? begun.preset : null;
}

export function toTrackerInput(draft: Draft, campaigns: Campaigns, preset: string | null): TrackerInput {
  const { areChosen, chosen, defaultLinks, shares, holders, linkHolders } = campaigns;
  const takesCampaigns = areChosen ? chosen.some(({ from }) => from !== "") : holders.length > 0;
  const takesLinks = defaultLinks && linkHolders.length > 0;
  const name = draft.name.trim();
  return {
    ...(name !== "" && { name }),
    ...(preset !== null && { preset }),
    urlTemplate: draft.urlTemplate.trim(),
    method: draft.method,
    bodyRule: bodyRule(draft),
    goals: draft.goals.map((goal) => ({
      goal,
      statuses: draft.statuses,
      sendCorrections: draft.sendCorrections,
    })),
    allCampaigns: !areChosen,
    ...(areChosen && { campaignIds: chosen.map(({ id }) => id) }),
    defaultLinks,
    shares,
    moveCampaigns: !shares && (takesCampaigns || takesLinks),
  };
}
