import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { union } from "@/components/records/use-names";
import { Button } from "@/components/ui/button";
import { Checkbox, CheckboxGroup } from "@/components/ui/checkbox";
import { TextField } from "@/components/ui/field";
import { plural } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { Segmented } from "@/components/ui/segmented";
import { Note } from "@/components/ui/states";
import { useRested } from "@/components/ui/use-rested";
import { graphql } from "@/graphql/graphql";
import { useIsStaff } from "@/graphql/viewer";
import type { FormErrors } from "@/graphql/user-errors";

import type { Tracker } from "./tracker-parts";
import type { TrackerForm } from "./use-tracker-form";

const CampaignsQuery = graphql(`
  query CampaignsOfTracker($search: String, $affiliateIds: [ID!]) {
    campaigns(first: 100, filter: { search: $search, affiliateIds: $affiliateIds }) {
      edges {
        node {
          id
          name
          offer {
            id
            name
          }
          trackers {
            id
            name
          }
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

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

/** A campaign; of a chosen one that is not among the first, its name alone is known. */
interface Shown {
  id: string;
  name: string;
  offer?: { name: string };
  trackers?: readonly { id: string; name: string }[];
}

/** From here on the list has a search. */
const few = 8;

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
  const [typed, setTyped] = useState("");
  const search = useRested(typed.trim(), 150);
  const [{ data, fetching }] = useQuery({
    query: CampaignsQuery,
    variables: { search, affiliateIds: isStaff ? [tracker.affiliate.id] : null },
    requestPolicy: "cache-and-network",
  });
  const found = (data?.campaigns.edges ?? []).map(({ node }) => node);
  const shown = search === "" ? union<Shown>(tracker.chosenCampaigns, found) : found;
  return (
    <div className="flex flex-col gap-2">
      {(search !== "" || found.length > few) && (
        <TextField
          label="Search the campaigns"
          hideLabel
          placeholder="Search the campaigns"
          value={typed}
          onChange={setTyped}
        />
      )}
      <div className="scroll-thin max-h-72 overflow-y-auto">
        <CheckboxGroup
          label={`${plural(value.length, "campaign", "campaigns")} chosen`}
          hint="Each click carries the click id of one tracker."
          value={[...value]}
          onChange={onChange}
          error={error}
          className="flex-col"
        >
          {shown.map(({ id, name, offer, trackers = [] }: Shown) => {
            const others = trackers.filter((t) => t.id !== tracker.id).map((t) => t.name);
            return (
              <Checkbox key={id} value={id}>
                {name}
                <span className="block text-xs text-muted">
                  {[offer?.name, others.length > 0 && `now: ${others.join(", ")}`]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              </Checkbox>
            );
          })}
          {shown.length === 0 && (
            <p className="text-sm text-muted">
              {fetching ? "Loading…" : search === "" ? "No campaigns yet" : `No campaign matches “${search}”`}
            </p>
          )}
        </CheckboxGroup>
      </div>
    </div>
  );
}
