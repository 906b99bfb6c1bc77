import { useQuery } from "urql";

import { graphql } from "@/graphql/graphql";

const LinksQuery = graphql(`
  query SimulateLinks {
    campaigns(first: 100, filter: { states: [ACTIVE] }) {
      edges {
        node {
          id
          name
          offer {
            id
            name
          }
          link {
            id
            url
          }
        }
      }
    }
    offers(first: 100) {
      edges {
        node {
          id
          name
          defaultLink {
            id
            url
          }
        }
      }
    }
  }
`);

/** A tracking link that a click can be simulated on. */
export interface LinkChoice {
  id: string;
  label: string;
  hint: string;
  url: string;
  campaignId: string | null;
  offerId: string;
}

/** Every link of the viewer's: of running campaigns, then the offers' default ones. */
export function useLinkChoices(): LinkChoice[] {
  const [{ data }] = useQuery({ query: LinksQuery });
  if (!data) return [];
  return [
    ...data.campaigns.edges.map(({ node }) => ({
      id: node.link.id,
      label: node.name,
      hint: `Campaign on ${node.offer.name}`,
      url: node.link.url,
      campaignId: node.id,
      offerId: node.offer.id,
    })),
    ...data.offers.edges.flatMap(({ node }) =>
      node.defaultLink === null
        ? []
        : [
            {
              id: node.defaultLink.id,
              label: node.name,
              hint: "Default link of the offer",
              url: node.defaultLink.url,
              campaignId: null,
              offerId: node.id,
            },
          ],
    ),
  ];
}

/** The link as it goes into the tracker, with the tracker's own token in param_1. */
export function withToken(url: string, token: string): string {
  return token === "" ? url : `${url}?param_1=${token}`;
}
