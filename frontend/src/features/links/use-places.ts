import { useState } from "react";
import { type CombinedError, useQuery } from "urql";

import { union, useNames } from "@/components/records/use-names";

import {
  CampaignPlaceQuery,
  OfferPlaceQuery,
  type Place,
  PlacesQuery,
  toCampaignPlace,
  toOfferPlace,
  toPlaces,
} from "./places";

interface FoundPlaces {
  choices: Place[] | undefined;
  onSearch: ((text: string) => void) | undefined;
  isSearching: boolean;
  error: CombinedError | undefined;
  refetch: () => void;
}

/** What a link can belong to, with the chosen one among it, however much there is. */
export function usePlaces(chosenId: string | null): FoundPlaces {
  const [typed, setTyped] = useState("");
  const { first, found, hasMore, isSearching, error, refetch } = useNames(
    PlacesQuery,
    typed,
    ({ campaigns, offers }) => campaigns.pageInfo.hasNextPage || offers.pageInfo.hasNextPage,
  );
  const near = first && toPlaces(first);
  const isElsewhere = hasMore && chosenId !== null && near?.every(({ id }) => id !== chosenId) === true;
  const [kind, id = ""] = chosenId?.split(" ") ?? [];
  const [campaign] = useQuery({
    query: CampaignPlaceQuery,
    variables: { id },
    pause: !isElsewhere || kind !== "campaign",
  });
  const [offer] = useQuery({
    query: OfferPlaceQuery,
    variables: { id },
    pause: !isElsewhere || kind !== "offer",
  });
  const far = [
    ...(campaign.data ? toCampaignPlace(campaign.data) : []),
    ...(offer.data ? toOfferPlace(offer.data) : []),
  ].filter((place) => place.id === chosenId);
  const isAwaited = isElsewhere && far.length === 0 && (campaign.fetching || offer.fetching);
  return {
    // The chosen one is awaited, so that the builder does not begin without it.
    choices: near && (isAwaited ? undefined : union(near, found ? toPlaces(found) : [], far)),
    onSearch: hasMore ? setTyped : undefined,
    isSearching,
    error,
    refetch,
  };
}
