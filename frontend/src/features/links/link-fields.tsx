import type { ReactElement } from "react";

import { TextField } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { FormErrors } from "@/graphql/user-errors";

import type { Place, Tracker } from "./places";
import { carriesTokensOf, type LinkDraft, noLandingPage, withTokensOf } from "./use-link";

interface LinkFields {
  draft: LinkDraft;
  set: (change: Partial<LinkDraft>) => void;
  errors: FormErrors["fields"];
}

/** What the tracker fills in: its click id, and two more. */
export function ParamFields({
  draft,
  set,
  errors,
  trackers,
  usual,
}: LinkFields & { trackers: readonly Tracker[]; usual: Tracker | null }): ReactElement {
  const { tracker, param1, param2, param3 } = draft;
  const chosen = trackers.find(({ id }) => id === (tracker ?? usual?.id));
  return (
    <>
      <Select
        label="Your tracker"
        placeholder="Other: enter manually"
        choices={trackers}
        value={chosen !== undefined && carriesTokensOf(draft, chosen) ? chosen.id : null}
        onChange={(id) => {
          const next = trackers.find((t) => t.id === id);
          if (next) set({ tracker: id, ...withTokensOf(draft, chosen, next) });
        }}
      />
      <TextField
        label="param_1, your tracker's click id"
        hint="Required: the token that your tracker replaces with its click id."
        value={param1}
        onChange={(text) => {
          set({ param1: text });
        }}
        mono
        spellCheck="false"
        error={errors["param1"]}
      />
      <TextField
        label="param_2"
        hint="Optional: anything else to get back, such as a source or an ad."
        value={param2}
        onChange={(text) => {
          set({ param2: text });
        }}
        mono
        spellCheck="false"
        error={errors["param2"]}
      />
      <TextField
        label="param_3"
        value={param3}
        onChange={(text) => {
          set({ param3: text });
        }}
        mono
        spellCheck="false"
        error={errors["param3"]}
      />
    </>
  );
}

/** Where on the operator's site the link ends, as far as the offer leaves a choice. */
export function LandingFields({
  draft: { landingPage, deepLink },
  set,
  errors,
  place,
}: LinkFields & { place: Place | null }): ReactElement {
  const landingPages = place?.offer.landingPages ?? [];
  const hosts = place?.offer.deepLinkHosts ?? [];
  return (
    <>
      {landingPages.length > 0 && (
        <Select
          label="Landing page"
          choices={[
            { id: noLandingPage, label: "Offer default" },
            ...landingPages.map((page) => ({ id: page.key, label: page.name })),
          ]}
          value={landingPage}
          onChange={(key) => {
            set({ landingPage: key });
          }}
          error={errors["landingPage"]}
        />
      )}
      {hosts.length > 0 && (
        <TextField
          label="Deep link"
          hint={`A page on ${hosts.join(" or ")}, instead of a landing page.`}
          placeholder={`https://${hosts[0] ?? ""}/…`}
          value={deepLink}
          onChange={(text) => {
            set({ deepLink: text });
          }}
          mono
          spellCheck="false"
          error={errors["deepLink"]}
        />
      )}
    </>
  );
}
