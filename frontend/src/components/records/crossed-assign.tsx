import { type ReactElement, useState } from "react";

import { Button } from "@/components/ui/button";
import type { Choice } from "@/components/ui/choice";
import { plural } from "@/components/ui/format";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";
import { useUnsavedValues } from "@/components/ui/unsaved";

import { type Alike, groupAlike } from "./click-id-shape";
import { type Chosen, goOn, mostChosen, proposalOf, proposed, summary } from "./crossed-choice";
import { AssignTrackers, type CrossedCampaign, type Crossing } from "./crossed-query";
import { useSave } from "./use-save";

/** The names under which the server says what is wrong: a campaign's place in what was sent, and the form's own. */
const fieldsOf = (crossing: Crossing) =>
  [...crossing.campaigns.keys()].map(String).concat("remaining", "defaultLinks");

function useAssignment(crossing: Crossing, onClose: () => void) {
  const [groups] = useState(() => groupAlike(crossing.campaigns));
  const [chosen, setChosen] = useState<Chosen>(() => proposed(groups));
  const [own, setOwn] = useState<{ remaining?: string; defaultLinks?: string }>({});
  const { errors, setErrors, isSaving, save } = useSave(AssignTrackers, "assignTrackers", fieldsOf(crossing));
  const saved = useUnsavedValues({ chosen, own });
  const remaining = crossing.campaigns.length === 0 ? null : (own.remaining ?? mostChosen(chosen));
  const defaultLinks = crossing.defaultLinks ? (own.defaultLinks ?? mostChosen(chosen)) : null;

  const missing = () => {
    const fields: Record<string, string> = {};
    for (const [i, { campaign }] of crossing.campaigns.entries()) {
      if (chosen[campaign.id] === undefined) fields[String(i)] = "Choose its tracker.";
    }
    if (crossing.defaultLinks && defaultLinks === null) fields["defaultLinks"] = "Choose their tracker.";
    return fields;
  };
  const submit = async () => {
    const fields = missing();
    if (Object.keys(fields).length > 0) {
      setErrors({ fields, general: null });
      return;
    }
    const campaigns = crossing.campaigns.map((one) => ({
      campaignId: one.campaign.id,
      trackerIds: [chosen[one.campaign.id] ?? "", ...goOn(crossing, one).map(({ id }) => id)],
    }));
    const payload = await save({ campaigns, remaining, defaultLinks, affiliateId: crossing.affiliate.id });
    if (!payload) return;
    saved();
    toast(summary(crossing, chosen));
    onClose();
  };
  const choose = (campaigns: readonly CrossedCampaign[], tracker: string) => {
    setChosen({ ...chosen, ...Object.fromEntries(campaigns.map(({ campaign }) => [campaign.id, tracker])) });
  };
  return { groups, chosen, choose, own, setOwn, remaining, defaultLinks, errors, isSaving, submit };
}

/** Asks to which tracker the campaigns belong in which several meet. */
export function AssignForm({ crossing, onClose }: { crossing: Crossing; onClose: () => void }): ReactElement {
  const form = useAssignment(crossing, onClose);
  const { groups, chosen, choose, own, setOwn, errors } = form;
  const trackers = crossing.trackers.map(({ id, name }) => ({ id, label: name }));
  const errorOf = (one: CrossedCampaign) => errors.fields[String(crossing.campaigns.indexOf(one))];
  return (
    <Form className="flex flex-col gap-4" faults={errors.fields} onSubmit={() => void form.submit()}>
      <GeneralError text={errors.general} />
      {groups.length > 0 && (
        <ul aria-label="Campaigns" className="flex flex-col divide-y rounded-md border">
          {groups.map((group) => (
            <Group
              key={group.shape?.key ?? ""}
              group={group}
              crossing={crossing}
              trackers={trackers}
              chosen={chosen}
              errorOf={errorOf}
              onChoose={choose}
            />
          ))}
        </ul>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        {groups.length > 0 && (
          <Select
            label="New campaigns"
            hint="And all others that are not chosen for a tracker."
            choices={trackers}
            value={form.remaining}
            onChange={(remaining) => {
              setOwn({ ...own, remaining });
            }}
            placeholder="Choose a tracker"
            error={errors.fields["remaining"]}
          />
        )}
        {crossing.defaultLinks && (
          <Select
            label="Default tracking links"
            hint="The offers’ links, which have no campaign."
            choices={trackers}
            value={form.defaultLinks}
            onChange={(defaultLinks) => {
              setOwn({ ...own, defaultLinks });
            }}
            placeholder="Choose a tracker"
            error={errors.fields["defaultLinks"]}
          />
        )}
      </div>
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={form.isSaving}>
          Save
        </Button>
      </div>
    </Form>
  );
}

interface GroupProps {
  group: Alike<CrossedCampaign>;
  crossing: Crossing;
  trackers: readonly Choice[];
  chosen: Chosen;
  errorOf: (one: CrossedCampaign) => string | undefined;
  onChoose: (campaigns: readonly CrossedCampaign[], tracker: string) => void;
}

const suggested = "Suggested: it accepts these click ids, the others do not.";

/** Campaigns whose click ids look alike: one choice for all, or one for each. */
function Group(props: GroupProps): ReactElement {
  const { group, trackers, chosen, errorOf, onChoose } = props;
  const { campaigns, shape } = group;
  const [isOpen, setOpen] = useState(false);
  const [first] = campaigns;
  if (first === undefined) return <></>;
  if (campaigns.length === 1) {
    return (
      <li className="px-3 py-2.5">
        <One {...props} one={first} />
      </li>
    );
  }
  const values = new Set(campaigns.map(({ campaign }) => chosen[campaign.id]));
  const value = values.size === 1 ? (chosen[first.campaign.id] ?? null) : null;
  const missing = campaigns.map(errorOf).find((error) => error !== undefined);
  // What is wrong with one stands at that one; that none is chosen, at the group.
  const isUnchosen = values.size === 1 && value === null;
  const showsEach = isOpen || (missing !== undefined && !isUnchosen);
  const name = shape === null ? "Campaigns without a click id yet" : shape.words;
  return (
    <li className="flex flex-col gap-2 px-3 py-2.5">
      <div className="grid items-start gap-x-4 gap-y-2 sm:grid-cols-[minmax(0,1fr)_16rem]">
        <div className="min-w-0">
          <p className="font-medium">{plural(campaigns.length, "campaign", "campaigns")}</p>
          <p className="text-sm text-muted">{name}</p>
          <ClickId id={first.clickIds[0]} />
        </div>
        <Select
          label={`Tracker of ${plural(campaigns.length, "campaign", "campaigns")}: ${name}`}
          hideLabel
          hint={value !== null && value === proposalOf(group) ? suggested : undefined}
          choices={trackers}
          value={value}
          onChange={(tracker) => {
            onChoose(campaigns, tracker);
          }}
          placeholder={values.size > 1 ? "By campaign" : "Choose a tracker"}
          error={isUnchosen ? missing : undefined}
        />
      </div>
      <details
        open={showsEach}
        onToggle={(e) => {
          setOpen(e.currentTarget.open);
        }}
      >
        <summary className="text-sm text-muted">Choose for each campaign</summary>
        {showsEach && (
          <ul className="mt-2 flex flex-col gap-2.5 border-l pl-3">
            {campaigns.map((one) => (
              <li key={one.campaign.id}>
                <One {...props} one={one} />
              </li>
            ))}
          </ul>
        )}
      </details>
    </li>
  );
}

function One({
  one,
  crossing,
  trackers,
  chosen,
  errorOf,
  onChoose,
}: GroupProps & { one: CrossedCampaign }): ReactElement {
  const value = chosen[one.campaign.id] ?? null;
  const others = goOn(crossing, one);
  return (
    <div className="grid items-start gap-x-4 gap-y-2 sm:grid-cols-[minmax(0,1fr)_16rem]">
      <div className="min-w-0">
        <p className="font-medium break-words">{one.campaign.name}</p>
        <ClickId id={one.clickIds[0]} />
        {others.length > 0 && (
          <p className="text-sm text-muted">
            {others.map(({ name }) => name).join(", ")} {others.length === 1 ? "goes" : "go"} on as before.
          </p>
        )}
      </div>
      <Select
        label={`Tracker of ${one.campaign.name}`}
        hideLabel
        hint={value !== null && value === one.proposal?.id ? suggested : undefined}
        choices={trackers}
        value={value}
        onChange={(tracker) => {
          onChoose([one], tracker);
        }}
        placeholder="Choose a tracker"
        error={errorOf(one)}
      />
    </div>
  );
}

/** An example, to tell by which tracker made it. */
function ClickId({ id }: { id: string | undefined }): ReactElement {
  if (id === undefined) return <p className="text-sm text-muted">No click has carried a click id yet.</p>;
  return (
    <p className="flex items-baseline gap-1.5 text-sm text-muted">
      Click id
      <code translate="no" className="min-w-0 font-mono break-all text-ink">
        {id}
      </code>
    </p>
  );
}
