import { graphql, type ResultOf } from "@/graphql/graphql";

/** What one line of a list says of a conversion. */
export const ConversionRow = graphql(`
  fragment ConversionRow on Conversion @_unmask {
    id
    key: conversionId
    status
    reversed
    receivedAt
    goal {
      id
      name
    }
    offer {
      id
      name
    }
    campaign {
      id
      name
    }
    affiliate {
      id
      name
    }
    amount {
      amount
      currency
    }
    payout {
      amount
      currency
    }
    click {
      id
      param1
    }
    deliveries {
      id
      state
      supersededBy {
        id
      }
    }
  }
`);

export type ConversionRowData = ResultOf<typeof ConversionRow>;
