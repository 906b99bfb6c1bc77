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
  /** The one that was chosen; null for the place's own. */
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

/** What a tracker fills in. */
export function paramsOf(tracker: Tracker | null): Pick<LinkDraft, "param1" | "param2" | "param3"> {
  const [param1 = "", param2 = "", param3 = ""] = tracker?.tokens ?? [];
  return { param1, param2, param3 };
}

/** Whether it carries the tracker's tokens; what the tracker has no token for may be anything. */
export function carriesTokensOf(draft: LinkDraft, tracker: Tracker): boolean {
  const given = [draft.param1, draft.param2, draft.param3].map((param) => param.trim());
  return tracker.tokens.every((token, i) => token === "" || token === given[i]);
}

/** The params with another tracker's tokens: what was typed beside those of the tracker before stays. */
export function withTokensOf(
  draft: LinkDraft,
  before: Tracker | undefined,
  next: Tracker,
): Pick<LinkDraft, "param1" | "param2" | "param3"> {
  const [token1, token2, token3] = next.tokens;
  const [old1, old2, old3] = before?.tokens ?? ["", "", ""];
  const param = (typed: string, old: string, token: string) => token || (typed === old ? "" : typed);
  return {
    param1: param(draft.param1, old1, token1),
    param2: param(draft.param2, old2, token2),
    param3: param(draft.param3, old3, token3),
  };
}

function hasParamsOf(draft: LinkDraft, tracker: Tracker | null): boolean {
  const { param1, param2, param3 } = paramsOf(tracker);
  return draft.param1 === param1 && draft.param2 === param2 && draft.param3 === param3;
}

/** A link as it is typed, and as the server makes it once typing rests. */
export function useLink(place: Place | null, usual: Tracker | null) {
  const [draft, setDraft] = useState<LinkDraft>({
    tracker: null,
    ...paramsOf(usual),
    landingPage: noLandingPage,
    deepLink: "",
  });
  // The params of another place's tracker follow, as long as nobody has typed others or chosen a tracker.
  const [begunWith, setBegunWith] = useState(usual);
  if (begunWith?.id !== usual?.id) {
    setBegunWith(usual);
    if (draft.tracker === null && hasParamsOf(draft, begunWith)) setDraft({ ...draft, ...paramsOf(usual) });
  }
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
