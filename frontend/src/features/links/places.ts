import { graphql, type ResultOf } from "@/graphql/graphql";

// What a tracking link can belong to: a campaign, or an offer as its default.

export const PlacesQuery = graphql(`
  query LinkPlaces {
    campaigns(first: 100) {
      edges {
        node {
          id
          name
          offer {
            id
            name
            deepLinkHosts
            landingPages {
              id
              key
              name
            }
          }
        }
      }
    }
    offers(first: 100) {
      edges {
        node {
          id
          name
          deepLinkHosts
          landingPages {
            id
            key
            name
          }
          defaultLink {
            id
            url
          }
        }
      }
    }
    trackerPresets {
      key
      name
      token
    }
    postbacks(first: 20) {
      edges {
        node {
          id
          name
        }
      }
    }
  }
`);

type Places = ResultOf<typeof PlacesQuery>;
type Offer = Pick<
  Places["offers"]["edges"][number]["node"],
  "id" | "name" | "deepLinkHosts" | "landingPages"
>;

export interface Place {
  id: string;
  label: string;
  hint: string;
  campaignId: string | null;
  offerId: string | null;
  offer: Offer;
}

export function toPlaces({ campaigns, offers }: Places): Place[] {
  return [
    ...campaigns.edges.map(({ node }) => ({
      id: `campaign ${node.id}`,
      label: node.name,
      hint: `Campaign on ${node.offer.name}`,
      campaignId: node.id,
      offerId: null,
      offer: node.offer,
    })),
    ...offers.edges
      .filter(({ node }) => node.defaultLink !== null)
      .map(({ node }) => ({
        id: `offer ${node.id}`,
        label: node.name,
        hint: "Default link of the offer",
        campaignId: null,
        offerId: node.id,
        offer: node,
      })),
  ];
}

/** A tracker whose token for the click id is known. */
export interface Tracker {
  id: string;
  label: string;
  hint: string;
  token: string;
}

export function toTrackers({ trackerPresets }: Places): Tracker[] {
  return trackerPresets.flatMap(({ key, name, token }) =>
    token === null ? [] : [{ id: key, label: name, hint: `passes ${token}`, token }],
  );
}

/** The tracker that the newest postback is named after: a link of this affiliate most likely wants its token. */
export function usualTracker(places: Places): Tracker | null {
  const trackers = toTrackers(places);
  for (const { node } of places.postbacks.edges) {
    const named = trackers.find(({ label }) => node.name.toLowerCase().startsWith(label.toLowerCase()));
    if (named) return named;
  }
  return null;
}
