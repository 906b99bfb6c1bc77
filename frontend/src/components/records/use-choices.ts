import { useState } from "react";
import { type TypedDocumentNode, useQuery } from "urql";

import type { Choice } from "@/components/ui/choice";

import { union, useNames } from "./use-names";

/** What can be chosen, as a combo box or a filter takes it. */
export interface Choices {
  choices: Choice[];
  /** Where there are more than these: finds others by a part of the name. */
  onSearch?: (text: string) => void;
  isSearching: boolean;
  isLoading: boolean;
}

interface Kind<Names, Chosen, Node> {
  names: TypedDocumentNode<Names, { search?: string | null }>;
  list: (data: Names) => { edges: readonly { node: Node }[]; pageInfo: { hasNextPage: boolean } } | null;
  /** One by its id. */
  chosen: TypedDocumentNode<Chosen, { id: string }>;
  node: (data: Chosen) => Node | null;
  choice: (node: Node) => Choice;
}

/** Names of one kind to choose from, however many there are: the first of them, what is searched for, and the chosen one. */
export function useChoices<Names, Chosen, Node>(
  { names: query, list, chosen, node, choice }: Kind<Names, Chosen, Node>,
  selected: string | null | undefined,
): Choices {
  const [typed, setTyped] = useState("");
  const names = useNames(query, typed, (data) => list(data)?.pageInfo.hasNextPage === true);
  const read = (data: Names | undefined) =>
    data === undefined ? [] : (list(data)?.edges ?? []).map((edge) => choice(edge.node));
  const first = read(names.first);
  const isElsewhere = names.hasMore && selected != null && first.every(({ id }) => id !== selected);
  const [{ data }] = useQuery({ query: chosen, variables: { id: selected ?? "" }, pause: !isElsewhere });
  const far = isElsewhere && data ? node(data) : null;
  return {
    choices: union(first, read(names.found), far === null ? [] : [choice(far)]),
    isSearching: names.isSearching,
    isLoading: names.first === undefined && names.error === undefined,
    ...(names.hasMore && { onSearch: setTyped }),
  };
}
