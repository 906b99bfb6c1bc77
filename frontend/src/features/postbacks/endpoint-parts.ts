import { graphql } from "@/graphql/graphql";

/** A server that postbacks are sent to. */
export const EndpointParts = graphql(`
  fragment EndpointParts on Endpoint @_unmask {
    sentTo
    circuit
    sentence
    because
    openedAt
    probeAt
    waiting
    oldestWaitingAt
    successRate
    p50Ms
    p95Ms
  }
`);
