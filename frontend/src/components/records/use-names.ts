import { type CombinedError, type TypedDocumentNode, useQuery } from "urql";

import { useRested } from "@/components/ui/use-rested";

interface Names<Data> {
  /** The first page, without a search. */
  first: Data | undefined;
  /** What matches the text; the first page has it already where there is no other. */
  found: Data | undefined;
  hasMore: boolean;
  isSearching: boolean;
  error: CombinedError | undefined;
  refetch: () => void;
}

/**
 * Names to choose from: one page of them, and where there are more, those that match what is typed. Staff may narrow them to some
 * affiliates.
 */
export function useNames<Data>(
  query: TypedDocumentNode<Data, { search?: string | null; affiliateIds?: string[] | null }>,
  typed: string,
  hasMore: (data: Data) => boolean,
  affiliateIds: string[] | null = null,
): Names<Data> {
  const text = typed.trim();
  const search = useRested(text, 150);
  const variablesOf = (wanted: string | null) => ({
    search: wanted,
    ...(affiliateIds !== null && { affiliateIds }),
  });
  const [first, refetch] = useQuery({
    query,
    variables: variablesOf(null),
    requestPolicy: "cache-and-network",
  });
  const isPartial = first.data !== undefined && hasMore(first.data);
  const isAsking = isPartial && search !== "";
  const [found] = useQuery({ query, variables: variablesOf(search), pause: !isAsking });
  return {
    first: first.data,
    found: isAsking ? found.data : undefined,
    hasMore: isPartial,
    isSearching: isPartial && text !== "" && (text !== search || found.fetching),
    error: first.error,
    refetch: () => {
      refetch({ requestPolicy: "network-only" });
    },
  };
}

/** The rows of several lists, each once. */
export function union<Row extends { id: string }>(...lists: readonly (readonly Row[])[]): Row[] {
  return [...new Map(lists.flat().map((row) => [row.id, row])).values()];
}
