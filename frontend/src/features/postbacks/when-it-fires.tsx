import type { ReactElement } from "react";

import { useCampaignChoices } from "@/components/records/campaign-choices";
import { useGoalChoices } from "@/components/records/choices";
import { useOfferChoices } from "@/components/records/offer-choices";
import { Checkbox, CheckboxGroup } from "@/components/ui/checkbox";
import type { Choice } from "@/components/ui/choice";
import { cx } from "@/components/ui/cx";
import { Panel } from "@/components/ui/page";
import { Select } from "@/components/ui/select";
import type { FormErrors } from "@/graphql/user-errors";

import { Aggregation } from "./aggregation";
import { type Draft, inWords, type Status } from "./draft";
import { EventFields } from "./event-fields";
import { type GoalPayout, payoutInWords, useGoalPayouts } from "./goal-payouts";
import { inCampaigns, type NewTracker } from "./new-tracker";
import { NewWhere, Where } from "./where";

const statuses: readonly { id: Status; label: string }[] = [
  { id: "PENDING", label: "Pending" },
  { id: "APPROVED", label: "Approved" },
  { id: "REJECTED", label: "Rejected" },
  { id: "CANCELLED", label: "Cancelled" },
];

function hintOf({ id, hint }: Choice, payouts: ReturnType<typeof useGoalPayouts>): string {
  const pays = payouts === null ? "" : payoutInWords(payouts.get(id) ?? []);
  return [hint ?? "", pays].filter((part) => part !== "").join(" ");
}

/** What a goal pays: what pays nothing stands back. */
function Pays({ payouts }: { payouts: readonly GoalPayout[] }): ReactElement {
  return (
    <span className={cx("block text-xs", payouts.length > 0 ? "text-delivered" : "text-muted")}>
      {payoutInWords(payouts)}
    </span>
  );
}

interface Part {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  errors: FormErrors;
}

/** Goals, campaigns and statuses, with what they mean together as a sentence. */
export function WhenItFires({
  draft,
  set,
  errors,
  newTracker,
  postbackId,
}: Part & {
  /** What is made of a new one, which can have several goals; null for one that there is already. */
  newTracker: NewTracker | null;
  /** Null for a new one. */
  postbackId: string | null;
}): ReactElement {
  const goals = useGoalChoices();
  const payouts = useGoalPayouts(draft, postbackId);
  const offers = useOfferChoices(draft.offerId);
  const campaigns = useCampaignChoices(draft.campaignId);
  const place =
    draft.scope === "OFFER"
      ? offers.choices.find((o) => o.id === draft.offerId)
      : draft.scope === "CAMPAIGN"
        ? campaigns.choices.find((c) => c.id === draft.campaignId)
        : undefined;
  const goalNames = draft.goals.map((key) => goals.find((g) => g.id === key)?.label ?? key);
  const isSeveral = newTracker !== null || draft.aggregateSeconds !== null;
  return (
    <Panel title="When it fires">
      <div className="flex flex-col gap-4">
        <p className="rounded-md bg-accent-soft px-3 py-2 text-pretty">
          {inWords(
            draft,
            goalNames,
            place?.label ?? null,
            newTracker === null ? undefined : inCampaigns(newTracker),
          )}
        </p>
        {isSeveral ? (
          <SeveralGoals
            draft={draft}
            set={set}
            errors={errors}
            goals={goals}
            payouts={payouts}
            isTracker={newTracker !== null && newTracker.made.kind !== "postback"}
          />
        ) : (
          <OneGoal draft={draft} set={set} errors={errors} goals={goals} payouts={payouts} />
        )}
        {isSeveral && (
          <EventFields
            urlTemplate={draft.urlTemplate}
            onChange={(urlTemplate) => {
              set({ urlTemplate });
            }}
            chosen={draft.goals}
            goals={goals}
          />
        )}
        {newTracker === null ? (
          <Where draft={draft} set={set} errors={errors} offers={offers} campaigns={campaigns} />
        ) : (
          <NewWhere
            draft={draft}
            set={set}
            errors={errors}
            offers={offers}
            campaigns={campaigns}
            of={newTracker}
          />
        )}
        <Statuses draft={draft} set={set} errors={errors} />
        <Aggregation
          draft={draft}
          set={set}
          severalGoals={newTracker !== null}
          error={errors.fields["aggregateSeconds"]}
        />
      </div>
    </Panel>
  );
}

interface GoalsPart extends Part {
  goals: readonly Choice[];
  payouts: ReturnType<typeof useGoalPayouts>;
}

function SeveralGoals({
  draft,
  set,
  errors,
  goals,
  payouts,
  isTracker,
}: GoalsPart & { isTracker: boolean }): ReactElement {
  return (
    <CheckboxGroup
      label="Goals"
      hint={
        draft.aggregateSeconds !== null
          ? "One postback aggregates them all."
          : isTracker
            ? "What the tracker is sent."
            : "One postback is created per goal."
      }
      value={draft.goals}
      onChange={(chosen) => {
        set({ goals: chosen });
      }}
      error={errors.fields["goals"]}
      className="flex-col"
    >
      {goals.map((goal) => (
        <Checkbox key={goal.id} value={goal.id}>
          {goal.label}
          <span className="block text-xs text-muted">{goal.hint}</span>
          {payouts !== null && <Pays payouts={payouts.get(goal.id) ?? []} />}
        </Checkbox>
      ))}
    </CheckboxGroup>
  );
}

function OneGoal({ draft, set, errors, goals, payouts }: GoalsPart): ReactElement {
  return (
    <Select
      label="Goal"
      choices={goals.map((goal) => ({ ...goal, hint: hintOf(goal, payouts) }))}
      value={draft.goals[0] ?? null}
      onChange={(goal) => {
        set({ goals: [goal] });
      }}
      error={errors.fields["goals"]}
    />
  );
}

/** The statuses that it fires for, and whether it fires again for a correction. */
function Statuses({ draft, set, errors }: Part): ReactElement {
  return (
    <>
      <CheckboxGroup
        label="Statuses"
        hint="Many trackers count every postback as approved."
        value={draft.statuses}
        onChange={(chosen) => {
          set({ statuses: statuses.map((s) => s.id).filter((id) => chosen.includes(id)) });
        }}
        error={errors.fields["statuses"]}
      >
        {statuses.map((status) => (
          <Checkbox key={status.id} value={status.id}>
            {status.label}
          </Checkbox>
        ))}
      </CheckboxGroup>
      <Checkbox
        isSelected={draft.sendCorrections}
        onChange={(sendCorrections) => {
          set({ sendCorrections });
        }}
      >
        Send corrections
        <span className="block text-xs text-muted">
          Amount, currency, time or payout changed, status the same. Only for trackers that update a
          conversion.
        </span>
      </Checkbox>
    </>
  );
}
