import { plural } from "@/components/ui/format";

import { type Alike } from "./click-id-shape";
import type { CrossedCampaign, Crossing } from "./crossed-query";

/** The tracker of each campaign, by the campaign's id. */
export type Chosen = Readonly<Record<string, string>>;

/** The tracker whose click ids a group's are, as far as the answers to its campaigns tell; null if they do not, or tell of two. */
export function proposalOf({ campaigns }: Alike<CrossedCampaign>): string | null {
  const told = new Set(campaigns.flatMap(({ proposal }) => (proposal === null ? [] : [proposal.id])));
  const [only] = told;
  return told.size === 1 ? (only ?? null) : null;
}

/** What is proposed for each campaign: its own, or its group's, as their click ids look alike. */
export function proposed(groups: readonly Alike<CrossedCampaign>[]): Chosen {
  return Object.fromEntries(
    groups.flatMap((group) =>
      group.campaigns.flatMap(({ campaign, proposal }) => {
        const tracker = proposal?.id ?? (group.shape === null ? null : proposalOf(group));
        return tracker === null ? [] : [[campaign.id, tracker]];
      }),
    ),
  );
}

/** The tracker that most campaigns were given to: most likely the next one, too. Null before any. */
export function mostChosen(chosen: Chosen): string | null {
  const count = new Map<string, number>();
  for (const tracker of Object.values(chosen)) count.set(tracker, (count.get(tracker) ?? 0) + 1);
  return [...count].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

/** Trackers that are no part of the crossing, and fire in a campaign: they keep it. One that shares campaigns loses none. */
export function goOn(crossing: Crossing, { campaign }: CrossedCampaign): { id: string; name: string }[] {
  const crossed = new Set(crossing.trackers.map(({ id }) => id));
  const others = campaign.firingPostbacks.flatMap(({ tracker }) =>
    tracker === null || tracker.shares || crossed.has(tracker.id) ? [] : [tracker],
  );
  return [...new Map(others.map((tracker) => [tracker.id, tracker])).values()];
}

/** What was done, in a sentence: "Voluum has 3 campaigns, Keitaro 1". */
export function summary(crossing: Crossing, chosen: Chosen): string {
  const given = crossing.trackers
    .map(({ id, name }) => ({
      name,
      count: Object.values(chosen).filter((tracker) => tracker === id).length,
    }))
    .filter(({ count }) => count > 0);
  if (given.length === 0) return "The default tracking links are of one tracker now";
  return given.map(({ name, count }) => `${name} has ${plural(count, "campaign", "campaigns")}`).join(", ");
}
