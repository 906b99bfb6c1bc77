import { graphql, type ResultOf } from "@/graphql/graphql";

/** What ClickFacts shows. */
export const ClickParts = graphql(`
  fragment ClickParts on Click @_unmask {
    id
    clickId
    clickedAt
    param1
    param2
    param3
    deepLink
    country
    referrer
    userAgent
    test
    offer {
      id
      name
    }
    campaign {
      id
      name
    }
    landingPage {
      id
      key
      name
    }
  }
`);

export type ClickPartsData = ResultOf<typeof ClickParts>;
