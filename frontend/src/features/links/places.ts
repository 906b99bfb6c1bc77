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
    trackers {
      id
      name
      shares
      tokens {
        param1
        param2
        param3
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

/** The presets with a token, and the viewer's own trackers. */
export const TrackersQuery = graphql(`
  query LinkTrackers {
    trackers(first: 100) {
      edges {
        node {
          id
          name
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
export type Trackers = ResultOf<typeof TrackersQuery>;
type Campaign = ResultOf<typeof PlaceCampaign>;
type Linked = ResultOf<typeof PlaceOffer>;
type Offer = Campaign["offer"];

/** What a tracker's links carry in param_1 to param_3. */
export type Tokens = readonly [string, string, string];

interface OfTracker {
  id: string;
  name: string;
  shares: boolean;
  tokens: { param1: string | null; param2: string | null; param3: string | null };
}

export interface Place {
  id: string;
  label: string;
  hint: string;
  campaignId: string | null;
  offerId: string | null;
  offer: Offer;
  /** The trackers whose click ids its clicks carry; null for those of the default links. */
  trackers: readonly OfTracker[] | null;
}

const ofCampaign = (campaign: Campaign): Place => ({
  id: `campaign ${campaign.id}`,
  label: campaign.name,
  hint: `Campaign on ${campaign.offer.name}`,
  campaignId: campaign.id,
  offerId: null,
  offer: campaign.offer,
  trackers: campaign.trackers,
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
          trackers: null,
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

/** A tracker whose tokens are known: one of the viewer's own, or a preset. */
export interface Tracker {
  id: string;
  label: string;
  hint: string;
  tokens: Tokens;
}

function toOwn({ id, name, tokens }: OfTracker): Tracker {
  const all: Tokens = [tokens.param1 ?? "", tokens.param2 ?? "", tokens.param3 ?? ""];
  const said = all.filter((token) => token !== "").join(", ");
  return {
    id,
    label: name,
    hint: said === "" ? "your tracker" : `your tracker, passes ${said}`,
    tokens: all,
  };
}

const hasTokens = ({ tokens }: Tracker) => tokens.some((token) => token !== "");

/** The viewer's own first, then the presets that none of these is called like. */
export function toTrackers({ trackers, trackerPresets }: Trackers): Tracker[] {
  const mine = trackers.edges.map(({ node }) => toOwn(node)).filter(hasTokens);
  // Those that are called alike and pass the same are one choice.
  const own = [...new Map(mine.map((one) => [`${one.label} ${one.tokens.join(" ")}`, one])).values()];
  const presets = trackerPresets.flatMap(({ key, name, token }): Tracker[] =>
    token === null || own.some(({ label }) => label === name)
      ? []
      : [{ id: key, label: name, hint: `passes ${token}`, tokens: [token, "", ""] }],
  );
  return [...own, ...presets];
}

/** The trackers with tokens that a place's clicks carry click ids of, without those that share them. */
export function trackersAt(place: Place | null, data: Trackers): Tracker[] {
  const list =
    place?.trackers ?? data.trackers.edges.map(({ node }) => node).filter(({ defaultLinks }) => defaultLinks);
  return list
    .filter(({ shares }) => !shares)
    .map(toOwn)
    .filter(hasTokens);
}

/** The tracker whose tokens a place's link most likely wants: its own, else the one that the server knows by the postbacks. */
export function usualTracker(place: Place | null, data: Trackers): Tracker | null {
  const key = data.viewer?.affiliate?.tracker?.key;
  const [own] = trackersAt(place, data);
  return own ?? toTrackers(data).find(({ id }) => id === key) ?? null;
}

/** The link to begin with: the default one of the first offer; without any, the first campaign's. */
export function firstPlace(places: readonly Place[]): Place | null {
  return places.find(({ offerId }) => offerId !== null) ?? places[0] ?? null;
}
