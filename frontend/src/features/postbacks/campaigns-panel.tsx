import type { ReactElement } from "react";

import { namesOf } from "@/components/records/trackers";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { plural } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { Segmented } from "@/components/ui/segmented";
import { Note } from "@/components/ui/states";
import { useIsStaff } from "@/graphql/viewer";
import type { FormErrors } from "@/graphql/user-errors";

import { CampaignChoice } from "./campaign-choice";
import type { Tracker } from "./tracker-parts";
import type { TrackerForm } from "./use-tracker-form";

/** The fields that another tracker's campaigns are refused at. */
const claimed = ["allCampaigns", "defaultLinks", "campaignIds"];

/** Whose click ids campaigns carry: all of them or chosen ones, and the links without a campaign. */
export function CampaignsPanel({
  tracker,
  form,
  errors,
  onMove,
}: {
  tracker: Tracker;
  form: TrackerForm;
  errors: FormErrors;
  /** Saves, and takes from other trackers what they have. */
  onMove: () => void;
}): ReactElement {
  const { draft, set } = form;
  const conflict = claimed.find((field) => errors.conflicts?.includes(field) === true);
  return (
    <Panel title="Campaigns">
      <div className="flex flex-col gap-4">
        <Segmented
          label="Its click ids are carried by"
          value={draft.allCampaigns ? "all" : "chosen"}
          onChange={(kind) => {
            set({ allCampaigns: kind === "all" });
          }}
          choices={[
            { id: "all", label: "All campaigns" },
            { id: "chosen", label: "Chosen campaigns" },
          ]}
          hint={
            draft.allCampaigns
              ? "Every campaign that no other tracker has chosen, new ones too."
              : "It is called for these campaigns only."
          }
          error={conflict === "allCampaigns" ? undefined : errors.fields["allCampaigns"]}
        />
        {draft.allCampaigns ? (
          draft.campaignIds.length > 0 && (
            <p className="text-sm text-muted">
              {plural(draft.campaignIds.length, "campaign is", "campaigns are")} chosen for it besides.
            </p>
          )
        ) : (
          <ChosenCampaigns
            tracker={tracker}
            value={draft.campaignIds}
            onChange={(campaignIds) => {
              set({ campaignIds });
            }}
            error={conflict === "campaignIds" ? undefined : errors.fields["campaignIds"]}
          />
        )}
        <Checkbox
          isSelected={draft.defaultLinks}
          onChange={(defaultLinks) => {
            set({ defaultLinks });
          }}
        >
          Default tracking links
          <span className="block text-xs text-muted">The links of an offer without a campaign.</span>
        </Checkbox>
        <Checkbox
          isSelected={draft.shares}
          onChange={(shares) => {
            set({ shares });
          }}
        >
          Shares campaigns
          <span className="block text-xs text-muted">
            It is called with the click ids of other trackers on purpose: a CRM, a bot. It takes no campaign
            from them.
          </span>
        </Checkbox>
        {conflict !== undefined && (
          <Note tone="failed" role="alert">
            <span className="flex flex-col items-start gap-2">
              {errors.fields[conflict]}
              <Button writes size="sm" onPress={onMove}>
                Move here
              </Button>
            </span>
          </Note>
        )}
      </div>
    </Panel>
  );
}

function ChosenCampaigns({
  tracker,
  value,
  onChange,
  error,
}: {
  tracker: Tracker;
  value: readonly string[];
  onChange: (value: string[]) => void;
  error: string | undefined;
}): ReactElement {
  const isStaff = useIsStaff();
  return (
    <CampaignChoice
      value={value}
      onChange={onChange}
      chosen={tracker.chosenCampaigns}
      affiliateIds={isStaff ? [tracker.affiliate.id] : null}
      noteOf={({ offer, trackers = [] }) => {
        const others = trackers.filter((t) => t.id !== tracker.id);
        return [offer?.name, others.length > 0 && `now: ${namesOf(others)}`].filter(Boolean).join(" · ");
      }}
      hint="Each click carries the click id of one tracker."
      error={error}
    />
  );
}
