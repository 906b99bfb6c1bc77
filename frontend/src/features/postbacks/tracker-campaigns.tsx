import type { ReactElement } from "react";

import { namesOf } from "@/components/records/trackers";
import { Checkbox } from "@/components/ui/checkbox";
import { Note } from "@/components/ui/states";
import type { FormErrors } from "@/graphql/user-errors";

import { CampaignChoice, type CampaignRow } from "./campaign-choice";
import type { CampaignsDraft, Draft } from "./draft";
import { type Campaigns, whyChosen } from "./new-tracker";

interface Part {
  of: Campaigns;
  setCampaigns: (change: Partial<CampaignsDraft>) => void;
  errors: FormErrors;
}

/** Which campaigns a new tracker has: all, or those that are ticked, each with the tracker that it has now. */
export function TrackerCampaigns({
  draft,
  set,
  errors,
  of,
}: {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  errors: FormErrors;
  of: Campaigns;
}): ReactElement {
  const setCampaigns = (change: Partial<CampaignsDraft>) => {
    set({ campaigns: { ...draft.campaigns, ...change } });
  };
  const { areChosen, holders, linkHolders, defaultLinks, shares } = of;
  const takesLinks = defaultLinks && !shares && linkHolders.length > 0;
  return (
    <>
      {areChosen && holders.length > 0 && <Note tone="queued">{whyChosen(holders)}</Note>}
      {areChosen ? (
        <Chosen of={of} setCampaigns={setCampaigns} errors={errors} />
      ) : (
        holders.length > 0 && <All of={of} setCampaigns={setCampaigns} errors={errors} />
      )}
      <div>
        <Checkbox
          isSelected={defaultLinks}
          onChange={(next) => {
            setCampaigns({ defaultLinks: next });
          }}
        >
          Default tracking links
          <span className="block text-xs text-muted">
            {takesLinks
              ? `Moves here from ${namesOf(linkHolders)}.`
              : "The offers' links, which have no campaign."}
          </span>
        </Checkbox>
        {errors.fields["defaultLinks"] !== undefined && (
          <p role="alert" className="text-xs text-failed">
            {errors.fields["defaultLinks"]}
          </p>
        )}
      </div>
    </>
  );
}

/** All campaigns, though another tracker has them. */
function All({ of: { holders, shares }, setCampaigns }: Part): ReactElement {
  const names = namesOf(holders);
  const [has, keeps] = holders.length === 1 ? ["has", "keeps"] : ["have", "keep"];
  return (
    <>
      {!shares && (
        <Note tone="retrying">
          {names} {has} all campaigns: they move here, and {names} {keeps} only chosen ones.
        </Note>
      )}
      <Checkbox
        isSelected={shares}
        onChange={(next) => {
          setCampaigns({ shares: next });
        }}
      >
        Share with {names}
        <span className="block text-xs text-muted">
          For a CRM or a bot: it is called with the click ids of {names} too.
        </span>
      </Checkbox>
    </>
  );
}

const trackerOf = ({ trackers = [] }: CampaignRow) => namesOf(trackers.filter(({ shares }) => !shares));

function nowAt(from: string, isChosen: boolean): string {
  if (from === "") return "No tracker";
  return isChosen ? `Moves here from ${from}` : `${from}: move here`;
}

function Chosen({ of: { chosen }, setCampaigns, errors }: Part): ReactElement {
  return (
    <CampaignChoice
      value={chosen.map(({ id }) => id)}
      onChange={(ids, rows) => {
        const kept = chosen.filter(({ id }) => ids.includes(id));
        const added = rows.filter(({ id }) => ids.includes(id) && kept.every((one) => one.id !== id));
        setCampaigns({ chosen: [...kept, ...added.map((row) => ({ id: row.id, from: trackerOf(row) }))] });
      }}
      noteOf={(row, isChosen) => nowAt(trackerOf(row), isChosen)}
      error={errors.fields["campaignIds"]}
    />
  );
}
