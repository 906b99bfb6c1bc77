import { useState } from "react";
import { useQuery } from "urql";

import { useRested } from "@/components/ui/use-rested";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";
import { formErrors } from "@/graphql/user-errors";

import type { Place, Tracker } from "./places";

const LinkQuery = graphql(`
  query TrackingLink(
    $campaignId: ID
    $offerId: ID
    $param1: String
    $param2: String
    $param3: String
    $landingPage: String
    $deepLink: String
  ) {
    trackingLink(
      campaignId: $campaignId
      offerId: $offerId
      param1: $param1
      param2: $param2
      param3: $param3
      landingPage: $landingPage
      deepLink: $deepLink
    ) {
      url
      destination
      userErrors {
        field
        message
      }
    }
  }
`);

export const noLandingPage = "";

/** What is chosen and typed for a link, but for its place. */
export interface LinkDraft {
  tracker: string | null;
  param1: string;
  param2: string;
  param3: string;
  landingPage: string;
  deepLink: string;
}

function orNull(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}

/** A link as it is typed, and as the server makes it once typing rests. */
export function useLink(place: Place | null, usual: Tracker | null) {
  const [draft, setDraft] = useState<LinkDraft>({
    tracker: usual?.id ?? null,
    param1: usual?.token ?? "",
    param2: "",
    param3: "",
    landingPage: noLandingPage,
    deepLink: "",
  });
  const variables = {
    campaignId: place?.campaignId ?? null,
    offerId: place?.offerId ?? null,
    param1: orNull(draft.param1),
    param2: orNull(draft.param2),
    param3: orNull(draft.param3),
    landingPage: orNull(draft.landingPage),
    deepLink: orNull(draft.deepLink),
  };
  const rested = useRested(JSON.stringify(variables), 120);
  const [{ data, error }] = useQuery({
    query: LinkQuery,
    variables: JSON.parse(rested) as typeof variables,
    pause: place === null,
  });
  const built = data?.trackingLink;
  const { fields, general } = formErrors(built?.userErrors ?? [], [
    "param1",
    "param2",
    "param3",
    "landingPage",
    "deepLink",
  ]);
  return {
    draft,
    set: (change: Partial<LinkDraft>) => {
      setDraft((now) => ({ ...now, ...change }));
    },
    built,
    /** What is wrong with a field, and with the rest. */
    fields,
    error: error ? explain(error) : general,
  };
}
