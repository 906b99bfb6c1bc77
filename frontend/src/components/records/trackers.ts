import { useQuery } from "urql";

import type { Choice } from "@/components/ui/choice";
import { listed } from "@/components/ui/format";
import { graphql, type ResultOf } from "@/graphql/graphql";

const TrackersQuery = graphql(`
  query TrackerNames($affiliateIds: [ID!]) {
    trackers(first: 100, filter: { affiliateIds: $affiliateIds }) {
      edges {
        node {
          id
          name
          urlTemplate
          allCampaigns
          defaultLinks
          shares
          tokens {
            param1
            param2
            param3
          }
        }
      }
    }
  }
`);

export type Tracker = ResultOf<typeof TrackersQuery>["trackers"]["edges"][number]["node"];

const none: readonly Tracker[] = [];

/** An affiliate's trackers, newest first; none until they are known. Staff say whose. */
export function useTrackers(affiliateId: string | null = null, pause = false): readonly Tracker[] {
  const [{ data }] = useQuery({
    query: TrackersQuery,
    variables: { affiliateIds: affiliateId === null ? null : [affiliateId] },
    pause,
    requestPolicy: "cache-and-network",
  });
  return data?.trackers.edges.map(({ node }) => node) ?? none;
}

/** "Keitaro", "Keitaro and Binom", "Keitaro, Binom and Voluum". */
export function namesOf(trackers: readonly { name: string }[]): string {
  return listed(trackers.map(({ name }) => name));
}

/** Those that have every campaign that no other tracker has chosen. */
export function withAllCampaigns(trackers: readonly Tracker[]): Tracker[] {
  return trackers.filter(({ allCampaigns, shares }) => allCampaigns && !shares);
}

/** The choice that leaves a campaign to the tracker with all campaigns. */
export const theRest = "all";

/** The trackers that a campaign can have. Those that share campaigns are left out: they take none. */
export function trackerChoices(trackers: readonly Tracker[]): Choice[] {
  const all = withAllCampaigns(trackers);
  const rest = all.length === 0 ? [] : [{ id: theRest, label: namesOf(all), hint: "All campaigns" }];
  const others = trackers.filter((t) => !t.shares && (all.length > 1 || !t.allCampaigns));
  return [...rest, ...others.map(({ id, name }) => ({ id, label: name }))];
}
