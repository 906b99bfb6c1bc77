import { type ReactElement, useState } from "react";

import { useNames } from "@/components/records/use-names";
import { namesOf } from "@/components/records/trackers";
import { Checkbox, CheckboxGroup } from "@/components/ui/checkbox";
import { TextField } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import { Note } from "@/components/ui/states";
import { graphql, type ResultOf } from "@/graphql/graphql";
import type { FormErrors } from "@/graphql/user-errors";

import type { CampaignsDraft, Draft } from "./draft";
import { type Campaigns, whyChosen } from "./new-tracker";

const CampaignsQuery = graphql(`
  query TrackerCampaigns($search: String) {
    campaigns(first: 100, filter: { search: $search }) {
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
            shares
          }
        }
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

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

type Campaign = ResultOf<typeof CampaignsQuery>["campaigns"]["edges"][number]["node"];

const trackerOf = ({ trackers }: Campaign) => namesOf(trackers.filter(({ shares }) => !shares));

function nowAt(from: string, isChosen: boolean): string {
  if (from === "") return "No tracker";
  return isChosen ? `Moves here from ${from}` : `${from}: move here`;
}

function Chosen({ of: { chosen }, setCampaigns, errors }: Part): ReactElement {
  const [typed, setTyped] = useState("");
  const { first, found, hasMore, error } = useNames(
    CampaignsQuery,
    typed,
    ({ campaigns }) => campaigns.pageInfo.hasNextPage,
  );
  const text = typed.trim().toLowerCase();
  const all = (found ?? first)?.campaigns.edges.map(({ node }) => node);
  const rows = all?.filter(({ name, offer }) => `${name} ${offer.name}`.toLowerCase().includes(text));
  if (all === undefined && error === undefined) return <Skeleton className="h-16" />;
  if (all?.length === 0 && text === "") {
    return <p className="text-muted">No campaign yet: choose this tracker when you create one.</p>;
  }
  const choose = (ids: string[]) => {
    const kept = chosen.filter(({ id }) => ids.includes(id));
    const added = (rows ?? []).filter(({ id }) => ids.includes(id) && kept.every((one) => one.id !== id));
    setCampaigns({ chosen: [...kept, ...added.map((row) => ({ id: row.id, from: trackerOf(row) }))] });
  };
  return (
    <>
      {(hasMore || (all?.length ?? 0) > 8) && (
        <TextField
          label="Find campaigns"
          type="search"
          value={typed}
          onChange={setTyped}
          onKeyDown={(e) => {
            // It looks for campaigns: the form is not sent yet.
            if (e.key === "Enter") e.preventDefault();
          }}
        />
      )}
      <CheckboxGroup
        label={`Chosen campaigns${chosen.length === 0 ? "" : ` (${String(chosen.length)})`}`}
        value={chosen.map(({ id }) => id)}
        onChange={choose}
        error={errors.fields["campaignIds"]}
        className="max-h-72 flex-col flex-nowrap overflow-y-auto"
      >
        {rows?.length === 0 && <p className="text-muted">No campaign matches.</p>}
        {rows?.map((row) => (
          <Checkbox key={row.id} value={row.id}>
            {row.name}
            <span className="block text-xs text-muted">
              {nowAt(
                trackerOf(row),
                chosen.some(({ id }) => id === row.id),
              )}
            </span>
          </Checkbox>
        ))}
      </CheckboxGroup>
    </>
  );
}
