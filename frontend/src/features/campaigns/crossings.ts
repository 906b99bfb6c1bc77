import { useQuery } from "urql";

import { graphql } from "@/graphql/graphql";

const CrossingsQuery = graphql(`
  query CampaignCrossings {
    crossedTrackers {
      trackers {
        id
        name
      }
      campaigns {
        campaign {
          id
        }
      }
    }
  }
`);

/** The trackers that meet in campaigns and are called with each other's click ids, by the campaign's id. */
export function useCrossings(): ReadonlyMap<string, readonly { id: string; name: string }[]> {
  const [{ data }] = useQuery({ query: CrossingsQuery, requestPolicy: "cache-and-network" });
  return new Map(
    (data?.crossedTrackers ?? []).flatMap(({ trackers, campaigns }) =>
      campaigns.map(({ campaign }) => [campaign.id, trackers] as const),
    ),
  );
}
