import { type FragmentOf, graphql, type ResultOf } from "@/graphql/graphql";

/** What one line says of a delivery. */
export const DeliveryRow = graphql(`
  fragment DeliveryRow on Delivery @_unmask {
    id
    key: deliveryId
    state
    status
    goal {
      id
      key
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
    postback {
      id
      name
      tracker {
        id
        name
      }
    }
    sentTo
    statusCode
    durationMs
    attemptCount
    nextAttemptAt
    warning
    click {
      id
      param1
    }
    supersededBy {
      id
      state
    }
    transactionId
    createdAt
    test
  }
`);

export type DeliveryRowData = ResultOf<typeof DeliveryRow>;
export type DeliveryRowRef = FragmentOf<typeof DeliveryRow>;

/** Whether a replay stands for what failed or was cancelled. */
export function isSuperseded({ state, supersededBy }: DeliveryRowData): boolean {
  return supersededBy !== null && (state === "FAILED" || state === "CANCELLED");
}
