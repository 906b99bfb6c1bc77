import type { ReactElement } from "react";

import type { useCampaignChoices } from "@/components/records/campaign-choices";
import type { useOfferChoices } from "@/components/records/offer-choices";
import { namesOf } from "@/components/records/trackers";
import { ComboBox } from "@/components/ui/combo-box";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { Note } from "@/components/ui/states";
import type { FormErrors } from "@/graphql/user-errors";

import type { Draft, Scope } from "./draft";
import type { NewTracker } from "./new-tracker";
import { TrackerCampaigns } from "./tracker-campaigns";

interface WhereProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  errors: FormErrors;
  offers: ReturnType<typeof useOfferChoices>;
  campaigns: ReturnType<typeof useCampaignChoices>;
}

/** Where a postback that there is already fires: in all campaigns, an offer's, or one. */
export function Where(props: WhereProps): ReactElement {
  const { draft, set } = props;
  return (
    <>
      <Segmented<Scope>
        label="Where"
        value={draft.scope}
        onChange={(scope) => {
          set({ scope });
        }}
        choices={[
          { id: "GLOBAL", label: "All campaigns" },
          { id: "OFFER", label: "One offer" },
          { id: "CAMPAIGN", label: "One campaign" },
        ]}
      />
      <OnePlace {...props} />
    </>
  );
}

/** The campaigns of a new tracker, or the one place that a new postback fires in besides. */
export function NewWhere({
  of: { made, campaigns: of },
  ...props
}: WhereProps & { of: NewTracker }): ReactElement {
  const { draft, set, errors } = props;
  const isTracker = made.kind === "tracker";
  const chosen = draft.scope === "GLOBAL" ? (isTracker && of.areChosen ? "CHOSEN" : "GLOBAL") : draft.scope;
  return (
    <>
      <Select
        label="Campaigns"
        choices={[
          made.kind === "goals"
            ? { id: "GLOBAL", label: `The campaigns of ${made.of.name}` }
            : { id: "GLOBAL", label: "All campaigns", hint: "Those that no other tracker has, new ones too" },
          ...(made.kind === "goals" || draft.aggregateSeconds !== null || !draft.enabled
            ? []
            : [
                {
                  id: "CHOSEN",
                  label: "Chosen campaigns",
                  hint: "Their links carry this tracker's click ids",
                },
              ]),
          { id: "OFFER", label: "One offer", hint: "Only this offer, besides its campaigns' trackers" },
          { id: "CAMPAIGN", label: "One campaign", hint: "Only this campaign, besides its tracker" },
        ]}
        value={chosen}
        onChange={(id) => {
          if (id === "OFFER" || id === "CAMPAIGN") set({ scope: id });
          else set({ scope: "GLOBAL", campaigns: { ...draft.campaigns, areChosen: id === "CHOSEN" } });
        }}
        error={errors.fields["allCampaigns"]}
      />
      {made.kind === "goals" && (
        <Note tone="queued">
          This is the URL of your tracker {made.of.name}: these goals are added to it, for its campaigns.
        </Note>
      )}
      {made.kind === "postback" && draft.scope === "GLOBAL" && of.holders.length > 0 && (
        <Note tone="retrying">
          {namesOf(of.holders)} {of.holders.length === 1 ? "has" : "have"} all campaigns. This fires beside
          it; choose its campaigns once it is saved.
        </Note>
      )}
      {isTracker && <TrackerCampaigns draft={draft} set={set} errors={errors} of={of} />}
      <OnePlace {...props} />
    </>
  );
}

function OnePlace({ draft, set, errors, offers, campaigns }: WhereProps): ReactElement {
  return (
    <>
      {draft.scope === "OFFER" && !offers.isLoading && (
        <ComboBox
          label="Offer"
          {...offers}
          value={draft.offerId}
          onChange={(offerId) => {
            set({ offerId });
          }}
          placeholder="Type to search"
          error={errors.fields["offerId"]}
        />
      )}
      {draft.scope === "CAMPAIGN" && !campaigns.isLoading && (
        <ComboBox
          label="Campaign"
          {...campaigns}
          value={draft.campaignId}
          onChange={(campaignId) => {
            set({ campaignId });
          }}
          placeholder="Type to search"
          error={errors.fields["campaignId"]}
        />
      )}
    </>
  );
}
