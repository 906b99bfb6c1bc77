import type { TypedDocumentNode } from "@urql/core";
import { useEffect } from "react";
import { type CombinedError, useQuery } from "urql";

import { graphql } from "./graphql";
import { subscribeLive } from "./live";

/** Only that something changed: the whole is then asked for again. */
const DeliveriesChanged = graphql(`
  subscription DeliveriesChanged($filter: DeliveryFilter) {
    deliveryUpdated(filter: $filter, hello: true) {
      at
    }
  }
`);

interface NodeQuery<Data, Node> {
  query: TypedDocumentNode<Data, { id: string }>;
  id: string;
  /** Where the answer has it; null where there is no such object. */
  pick: (data: Data) => Node | null;
  /** The id that finds all deliveries of it: while it is shown, it follows them. */
  follow?: (node: Node) => string;
}

/** An object that is on its way, or not there. */
export interface Awaited {
  error: CombinedError | undefined;
  fetching: boolean;
  /** Asks the server again. */
  retry: () => void;
}

/** One object with all that a detail shows of it. */
export function useNode<Data, Node>({
  query,
  id,
  pick,
  follow,
}: NodeQuery<Data, Node>): Awaited & { data: Data | undefined; node: Node | null } {
  const [{ data, error, fetching }, refetch] = useQuery({
    query,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const node = data ? pick(data) : null;
  const followed = node === null ? undefined : follow?.(node);
  useEffect(() => {
    if (followed === undefined) return;
    // The first event is the hello: what changed before it was sent to nobody.
    return subscribeLive(
      DeliveriesChanged,
      { filter: { search: followed } },
      {
        next: () => {
          refetch({ requestPolicy: "network-only" });
        },
      },
    );
  }, [followed, refetch]);
  return {
    data,
    node,
    error,
    fetching,
    retry: () => {
      refetch({ requestPolicy: "network-only" });
    },
  };
}
