import { TriangleAlert } from "lucide-react";
import { type ReactElement, useState } from "react";

import {
  namesOf,
  theRest,
  type Tracker,
  trackerChoices,
  useTrackers,
  withAllCampaigns,
} from "@/components/records/trackers";
import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { Form } from "@/components/ui/form";
import { Panel } from "@/components/ui/page";
import { Select } from "@/components/ui/select";
import { Note } from "@/components/ui/states";
import { toast } from "@/components/ui/toast";
import { useUnsaved } from "@/components/ui/unsaved";
import { useIsStaff } from "@/graphql/viewer";

import { useCrossings } from "./crossings";
import { AssignTrackers, type Campaign } from "./one-campaign";

/** The tracker whose click ids a campaign's clicks carry, and another one for it. */
export function CampaignTracker({ campaign }: { campaign: Campaign }): ReactElement | null {
  const isStaff = useIsStaff();
  const trackers = useTrackers(isStaff ? campaign.affiliate.id : null);
  const crossing = useCrossings().get(campaign.id) ?? [];
  if (trackers.length === 0 && campaign.trackers.length === 0) return null;
  const now = campaign.trackers.filter(({ shares }) => !shares);
  const sharing = campaign.trackers.filter(({ shares }) => shares);
  return (
    <Panel title="Tracker">
      <div className="flex flex-col gap-3">
        <p>
          <span className="font-medium">{now.length === 0 ? "No tracker" : namesOf(now)}</span>
          <span className="block text-muted">
            {now.length === 0
              ? "None of your trackers is sent the conversions of this campaign."
              : now.length === 1
                ? "Clicks of this campaign carry its click ids."
                : "They are all sent the conversions of this campaign."}
          </span>
        </p>
        {sharing.length > 0 && <p className="text-muted">Shared with {namesOf(sharing)}.</p>}
        {crossing.length > 0 && (
          <Note tone="retrying" icon={TriangleAlert}>
            {namesOf(crossing)} meet here: each is also called with click ids that it did not make. Choose the
            one whose link you use.
          </Note>
        )}
        {/* Only once they are known: what is chosen now depends on them. */}
        {trackers.length > 0 && (
          <Assign key={namesOf(now)} campaign={campaign} now={now} trackers={trackers} isStaff={isStaff} />
        )}
      </div>
    </Panel>
  );
}

type Now = Campaign["trackers"][number];

/** What another choice does, before it is saved. */
function effect(after: readonly { name: string; tokens: Tracker["tokens"] }[], now: readonly Now[]): string {
  const to = namesOf(after);
  const gone = now.filter(({ name }) => after.every((one) => one.name !== name));
  const token = after[0]?.tokens.param1 ?? "";
  return [
    `Conversions of this campaign go to ${to}${gone.length === 0 ? "" : `, no longer to ${namesOf(gone)}`}, those of earlier clicks too.`,
    token === ""
      ? `Replace its link in ${to}.`
      : `Its link carries ${token} from then on: replace the link in ${to}.`,
  ].join(" ");
}

function Assign({
  campaign,
  now,
  trackers,
  isStaff,
}: {
  campaign: Campaign;
  now: readonly Now[];
  trackers: readonly Tracker[];
  /** Staff say whose trackers they are. */
  isStaff: boolean;
}): ReactElement | null {
  const choices = trackerChoices(trackers);
  const rest = withAllCampaigns(trackers);
  // One that has it because it has all campaigns is the first choice.
  const isRest = rest.length > 0 && namesOf(rest) === namesOf(now);
  const current = isRest ? theRest : now.length === 1 ? (now[0]?.id ?? null) : null;
  const [chosen, setChosen] = useState(current);
  const { errors, isSaving, save } = useSave(
    AssignTrackers,
    "assignTrackers",
    ["campaigns", "trackerIds"],
    chosen,
  );
  const isChanged = chosen !== null && chosen !== current;
  const saved = useUnsaved(isChanged);
  if (choices.length < 2 && current !== null) return null;
  const after = chosen === theRest ? rest : trackers.filter(({ id }) => id === chosen);

  const submit = async () => {
    if (!isChanged) return;
    // Trackers that share it on purpose go on doing so.
    const beside = campaign.trackers.filter(({ shares, allCampaigns }) => shares && !allCampaigns);
    const trackerIds = [...(chosen === theRest ? [] : [chosen]), ...beside.map(({ id }) => id)];
    const payload = await save({
      campaigns: [{ campaignId: campaign.id, trackerIds }],
      ...(isStaff && { affiliateId: campaign.affiliate.id }),
    });
    if (!payload) return;
    saved();
    toast(`${campaign.name} is a campaign of ${namesOf(after)} now`);
  };

  return (
    <Form className="flex flex-col gap-3" onSubmit={() => void submit()}>
      <Select
        label="Tracker of this campaign"
        choices={choices}
        value={chosen}
        onChange={setChosen}
        error={errors.fields["campaigns"] ?? errors.fields["trackerIds"] ?? errors.general ?? undefined}
      />
      {isChanged && <p role="status">{effect(after, now)}</p>}
      <Button type="submit" writes isDisabled={!isChanged} isPending={isSaving} className="self-start">
        Change tracker
      </Button>
    </Form>
  );
}
