import { useNavigate } from "@tanstack/react-router";
import { CircleAlert, Ellipsis, Link2, Link2Off, SquarePen } from "lucide-react";
import type { ReactElement } from "react";

import { useGoalChoices } from "@/components/records/choices";
import { IconButton } from "@/components/ui/button";
import type { Choice } from "@/components/ui/choice";
import { cx } from "@/components/ui/cx";
import { TextField } from "@/components/ui/field";
import { plural } from "@/components/ui/format";
import { type Action, Menu } from "@/components/ui/menu";
import { Panel } from "@/components/ui/page";
import { Switch } from "@/components/ui/switch";

import { payoutInWords, useGoalPayouts } from "./goal-payouts";
import { StatusMenu } from "./status-menu";
import { type GoalDraft, newGoal } from "./tracker-draft";
import type { Tracker } from "./tracker-parts";
import type { TrackerForm } from "./use-tracker-form";

/** The goals that the tracker is sent, as switches in the order of the event dictionary. */
export function GoalsPanel({
  tracker,
  form,
  errors,
}: {
  tracker: Tracker;
  form: TrackerForm;
  errors: Record<string, string>;
}): ReactElement {
  const { draft, set, change } = form;
  const goals = useGoalChoices();
  const payouts = useGoalPayouts(
    { scope: "GLOBAL", offerId: null, campaignId: null },
    tracker.postbacks[0]?.id ?? null,
  );
  const sent = change.postbacks ?? [];
  const hasEvents = sent.length === 0 || sent.some(({ event }) => event !== null);
  return (
    <Panel title="Goals" flush>
      {!hasEvents && (
        <p className="border-b px-4 py-2 text-sm text-muted">
          The URL has no {"{goal_id}"}, so every goal sends the same event.
        </p>
      )}
      {errors["goals"] !== undefined && <GoalError text={errors["goals"]} />}
      <ul aria-label="Goals" className="divide-y">
        {goals.map((goal) => {
          const is = draft.goals[goal.id];
          return (
            <GoalRow
              key={goal.id}
              goal={goal}
              pays={payouts === null ? "" : payoutInWords(payouts.get(goal.id) ?? [])}
              doesPay={(payouts?.get(goal.id) ?? []).length > 0}
              value={is}
              event={is?.event ?? sent.find((s) => s.goal.key === goal.id)?.event ?? null}
              postbacks={tracker.goals.find((g) => g.goal.key === goal.id)?.postbacks ?? []}
              trackerUrl={draft.urlTemplate}
              error={errors[`goal ${goal.id}`]}
              onChange={(next) => {
                set({ goals: { ...draft.goals, [goal.id]: next } });
              }}
            />
          );
        })}
      </ul>
    </Panel>
  );
}

function GoalError({ text }: { text: string }): ReactElement {
  return (
    <p role="alert" className="flex items-start gap-1 px-4 py-1 text-xs text-failed">
      <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
      {text}
    </p>
  );
}

interface GoalRowProps {
  goal: Choice;
  pays: string;
  doesPay: boolean;
  /** Undefined while it has no postback. */
  value: GoalDraft | undefined;
  /** What the URL sends as the event; null where it has no macro for it. */
  event: string | null;
  postbacks: readonly { id: string }[];
  trackerUrl: string;
  error: string | undefined;
  onChange: (value: GoalDraft) => void;
}

function GoalRow({
  goal,
  pays,
  doesPay,
  value,
  event,
  error,
  onChange,
  ...more
}: GoalRowProps): ReactElement {
  const isOn = value?.enabled === true;
  return (
    <li className="flex flex-col gap-2 px-4 py-2.5">
      <div className="grid items-start gap-x-4 gap-y-2 sm:grid-cols-[minmax(0,1fr)_auto]">
        <Switch
          className="items-start"
          isSelected={isOn}
          onChange={(enabled) => {
            onChange({ ...(value ?? newGoal), enabled });
          }}
        >
          <span className="min-w-0">
            {goal.label}
            {pays !== "" && (
              <span className={cx("block text-xs", doesPay ? "text-delivered" : "text-muted")}>{pays}</span>
            )}
          </span>
        </Switch>
        {value !== undefined && isOn && (
          <GoalRules goal={goal} value={value} event={event} onChange={onChange} {...more} />
        )}
      </div>
      {value !== undefined && value.ownUrl !== null && more.postbacks.length < 2 && (
        <TextField
          label={`URL for ${goal.label}`}
          value={value.ownUrl}
          onChange={(ownUrl) => {
            onChange({ ...value, ownUrl });
          }}
          rows={2}
          mono
          spellCheck="false"
          error={error}
        />
      )}
      {error !== undefined && value?.ownUrl == null && <GoalError text={error} />}
    </li>
  );
}

/** What a goal that is on sends, and for which statuses. */
function GoalRules({
  goal,
  value,
  event,
  postbacks,
  trackerUrl,
  onChange,
}: Pick<GoalRowProps, "goal" | "event" | "postbacks" | "trackerUrl" | "onChange"> & {
  value: GoalDraft;
}): ReactElement {
  const actions = useGoalActions({ value, postbacks, trackerUrl, onChange });
  const isSeveral = postbacks.length > 1;
  return (
    <div className="flex flex-wrap items-center gap-2 max-sm:pl-10">
      {isSeveral ? (
        <span className="text-sm text-muted">
          {plural(postbacks.length, "postback", "postbacks")}, each with its own statuses
        </span>
      ) : (
        <StatusMenu
          goal={goal.label}
          value={value.statuses}
          onChange={(statuses) => {
            onChange({ ...value, statuses });
          }}
        />
      )}
      {event !== null && (
        <span className="flex items-center gap-1.5">
          <span aria-hidden className="text-sm text-muted">
            sends
          </span>
          <TextField
            label={`Event sent for ${goal.label}`}
            hideLabel
            value={event}
            onChange={(next) => {
              onChange({ ...value, event: next });
            }}
            mono
            spellCheck="false"
            className="w-32"
          />
        </span>
      )}
      {actions.length > 0 && (
        <Menu
          label={`More for ${goal.label}`}
          trigger={<IconButton label={`More for ${goal.label}`} icon={Ellipsis} />}
          actions={actions}
        />
      )}
    </div>
  );
}

function useGoalActions({
  value,
  postbacks,
  trackerUrl,
  onChange,
}: {
  value: GoalDraft;
  postbacks: readonly { id: string }[];
  trackerUrl: string;
  onChange: (value: GoalDraft) => void;
}): Action[] {
  const navigate = useNavigate();
  const url: Action =
    value.ownUrl === null
      ? {
          id: "own",
          label: "Own URL for this goal",
          icon: Link2,
          run: () => {
            onChange({ ...value, ownUrl: trackerUrl });
          },
        }
      : {
          id: "shared",
          label: "Use the tracker’s URL",
          icon: Link2Off,
          run: () => {
            onChange({ ...value, ownUrl: null });
          },
        };
  const [first] = postbacks;
  return [
    ...(postbacks.length > 1 ? [] : [url]),
    ...(first === undefined
      ? []
      : [
          {
            id: "postback",
            label: "Open its postback",
            icon: SquarePen,
            run: () => void navigate({ to: "/postbacks/$id", params: { id: first.id } }),
          },
        ]),
  ];
}
