import { type ReactElement, type ReactNode, useState } from "react";

import { Button } from "@/components/ui/button";
import { Form } from "@/components/ui/form";
import { StickyBar } from "@/components/ui/sticky-bar";
import type { FormErrors } from "@/graphql/user-errors";

import { DoctorPanel, useDoctor, whatStops } from "./doctor";
import { type Draft, toInput } from "./draft";
import { GoalChoice, useGoalNames } from "./goal-choice";
import { HowItIsSent } from "./how-it-is-sent";
import type { NewTracker } from "./new-tracker";
import { usePreview, type Values } from "./preview";
import { SimulatePanel } from "./simulate-panel";
import { useTestedUrls } from "./testfire/tested-badge";
import { UrlPanel } from "./url-panel";
import { WhenItFires } from "./when-it-fires";

interface PostbackFormProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  errors: FormErrors;
  onSubmit: () => void;
  isSaving: boolean;
  submitLabel: string;
  /** What is made of a new one; null for a postback that there is already. */
  newTracker: NewTracker | null;
  /** The postback that is edited; null for a new one. */
  postbackId: string | null;
  /** Shows the URL's values as a table at first. */
  asTable?: boolean;
  /** A whole URL was pasted over the old one. */
  onPasteAll?: (text: string) => void;
  /** What the tracker calls its click id on a tracking link, where that is known. */
  token?: string | null;
  /** What stands over the form. */
  head?: ReactNode;
}

/** Everything that can be set of a postback, and live under the template what the server makes of it. */
export function PostbackForm(props: PostbackFormProps): ReactElement {
  const { draft, onChange, errors } = props;
  const [values, setValues] = useState<Values>({});
  const [link, setLink] = useState<string | null>(null);
  const [chosenGoal, setGoal] = useState<string | null>(null);
  const names = useGoalNames(draft.goals);
  const goal = draft.goals.find((key) => key === chosenGoal) ?? draft.goals[0] ?? null;
  const previewed = usePreview({
    // The text as it stands in the editor: spans point into it.
    postback: { ...toInput(draft), id: props.postbackId, urlTemplate: draft.urlTemplate },
    goal,
    trackingLink: link,
    values,
  });
  const [tests, onFired] = useTestedUrls(props.postbackId);
  const set = (change: Partial<Draft>) => {
    onChange({ ...draft, ...change });
  };
  const examined = useDoctor(draft, props.postbackId, link, props.newTracker?.made.kind === "tracker");
  const stopped = whatStops(examined);
  const [isRefused, setRefused] = useState(false);
  const submit = () => {
    setRefused(stopped !== null);
    if (stopped === null) props.onSubmit();
  };
  const general = errors.general ?? (isRefused ? stopped : null);

  return (
    <Form className="flex flex-col gap-4" onSubmit={submit} faults={errors.fields}>
      {props.head}
      {/* On a phone one after the other, in the order of the work; on a desk "When it fires" stays in sight beside it. */}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem] lg:grid-rows-[auto_auto_1fr]">
        <UrlPanel
          urlTemplate={draft.urlTemplate}
          onChange={(urlTemplate) => {
            set({ urlTemplate });
          }}
          aggregates={draft.aggregateSeconds !== null}
          previewed={previewed}
          method={draft.method}
          tests={tests}
          goals={<GoalChoice label="Goal of the preview" goals={names} value={goal} onChange={setGoal} />}
          values={values}
          onValues={setValues}
          findings={examined.marks}
          doctor={
            <DoctorPanel
              examined={examined}
              urlTemplate={draft.urlTemplate}
              onFix={({ urlTemplate, goals }) => {
                set({ urlTemplate, goals: goals ?? draft.goals });
              }}
            />
          }
          asTable={props.asTable ?? false}
          onPasteAll={props.onPasteAll ?? (() => undefined)}
          error={errors.fields["urlTemplate"]}
        />
        <div className="min-w-0 lg:sticky lg:top-4 lg:col-start-2 lg:row-span-3 lg:row-start-1">
          <WhenItFires
            draft={draft}
            set={set}
            errors={errors}
            newTracker={props.newTracker}
            postbackId={props.postbackId}
          />
        </div>
        {draft.urlTemplate.trim() !== "" && (
          <SimulatePanel
            draft={draft}
            postbackId={props.postbackId}
            token={props.token ?? null}
            onLink={setLink}
            values={values}
            onFired={onFired}
          />
        )}
        <HowItIsSent draft={draft} set={set} errors={errors} />
      </div>
      <SaveBar general={general} stopped={stopped} isSaving={props.isSaving} label={props.submitLabel} />
    </Form>
  );
}

/** The button, and beside it what keeps from saving; it is read out once saving was tried. */
function SaveBar({
  general,
  stopped,
  isSaving,
  label,
}: {
  general: string | null;
  stopped: string | null;
  isSaving: boolean;
  label: string;
}): ReactElement {
  return (
    <StickyBar>
      {general !== null ? (
        <p role="alert" className="min-w-0 flex-1 basis-64 text-sm text-failed">
          {general}
        </p>
      ) : (
        stopped !== null && <p className="min-w-0 flex-1 basis-64 text-sm text-failed">{stopped}</p>
      )}
      <Button type="submit" look="primary" isPending={isSaving}>
        {label}
      </Button>
    </StickyBar>
  );
}
