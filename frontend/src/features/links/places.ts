import { graphql, type ResultOf } from "@/graphql/graphql";

// What a tracking link can belong to: a campaign, or an offer as its default.

const PlaceCampaign = graphql(`
  fragment PlaceCampaign on Campaign @_unmask {
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
`);

const PlaceOffer = graphql(`
  fragment PlaceOffer on Offer @_unmask {
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
`);

export const PlacesQuery = graphql(
  `
    query LinkPlaces($search: String) {
      campaigns(first: 100, filter: { search: $search }) {
        edges {
          node {
            ...PlaceCampaign
          }
        }
        pageInfo {
          hasNextPage
        }
      }
      offers(first: 100, search: $search) {
        edges {
          node {
            ...PlaceOffer
          }
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  `,
  [PlaceCampaign, PlaceOffer],
);

/** A place by its campaign's id. */
export const CampaignPlaceQuery = graphql(
  `
    query LinkCampaign($id: ID!) {
      node(id: $id) {
        ...PlaceCampaign
      }
    }
  `,
  [PlaceCampaign],
);

/** A place by its offer's id. */
export const OfferPlaceQuery = graphql(
  `
    query LinkOffer($id: ID!) {
      node(id: $id) {
        ...PlaceOffer
      }
    }
  `,
  [PlaceOffer],
);

export const TrackersQuery = graphql(`
  query LinkTrackers {
    trackerPresets {
      key
      name
      token
    }
    viewer {
      affiliate {
        id
        tracker {
          key
        }
      }
    }
  }
`);

type Places = ResultOf<typeof PlacesQuery>;
type Trackers = ResultOf<typeof TrackersQuery>;
type Campaign = ResultOf<typeof PlaceCampaign>;
type Linked = ResultOf<typeof PlaceOffer>;
type Offer = Campaign["offer"];

export interface Place {
  id: string;
  label: string;
  hint: string;
  campaignId: string | null;
  offerId: string | null;
  offer: Offer;
}

const ofCampaign = (campaign: Campaign): Place => ({
  id: `campaign ${campaign.id}`,
  label: campaign.name,
  hint: `Campaign on ${campaign.offer.name}`,
  campaignId: campaign.id,
  offerId: null,
  offer: campaign.offer,
});

/** None where the viewer has no default link for the offer. */
const ofOffer = (offer: Linked): Place[] =>
  offer.defaultLink === null
    ? []
    : [
        {
          id: `offer ${offer.id}`,
          label: offer.name,
          hint: "Default link of the offer",
          campaignId: null,
          offerId: offer.id,
          offer,
        },
      ];

export const toPlaces = ({ campaigns, offers }: Places): Place[] => [
  ...campaigns.edges.map(({ node }) => ofCampaign(node)),
  ...offers.edges.flatMap(({ node }) => ofOffer(node)),
];

export const toCampaignPlace = ({ node }: ResultOf<typeof CampaignPlaceQuery>): Place[] =>
  node && "offer" in node ? [ofCampaign(node)] : [];

export const toOfferPlace = ({ node }: ResultOf<typeof OfferPlaceQuery>): Place[] =>
  node && "defaultLink" in node ? ofOffer(node) : [];

/** A tracker whose token for the click id is known. */
export interface Tracker {
  id: string;
  label: string;
  hint: string;
  token: string;
}

export function toTrackers({ trackerPresets }: Trackers): Tracker[] {
  return trackerPresets.flatMap(({ key, name, token }) =>
    token === null ? [] : [{ id: key, label: name, hint: `passes ${token}`, token }],
  );
}

/** The tracker whose token a link of this affiliate most likely wants: the server knows it by the postbacks. */
export function usualTracker(data: Trackers): Tracker | null {
  const key = data.viewer?.affiliate?.tracker?.key;
  return toTrackers(data).find(({ id }) => id === key) ?? null;
}

/** The link to begin with: the default one of the first offer; without any, the first campaign's. */
export function firstPlace(places: readonly Place[]): Place | null {
  return places.find(({ offerId }) => offerId !== null) ?? places[0] ?? null;
}
