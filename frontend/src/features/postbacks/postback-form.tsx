import { type ReactElement, type ReactNode, useState } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Panel } from "@/components/ui/page";
import { Note } from "@/components/ui/states";
import { Switch } from "@/components/ui/switch";
import type { FormErrors } from "@/graphql/user-errors";

import type { Draft } from "./draft";
import { DoctorPanel, useDoctor, whatStops } from "./doctor";
import { HowItIsSent } from "./how-it-is-sent";
import { ProvePanel } from "./prove-panel";
import { usePreview, type Values } from "./preview";
import { UrlPanel } from "./url-panel";
import { WhenItFires } from "./when-it-fires";

interface PostbackFormProps {
  draft: Draft;
  onChange: (draft: Draft) => void;
  errors: FormErrors;
  onSubmit: () => void;
  isSaving: boolean;
  submitLabel: string;
  /** A new postback can have several goals: one is made for each. */
  severalGoals: boolean;
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
  const previewed = usePreview(draft.urlTemplate, values);
  const set = (change: Partial<Draft>) => {
    onChange({ ...draft, ...change });
  };
  const [link, setLink] = useState<string | null>(null);
  const examined = useDoctor(draft, props.postbackId, link);
  const stopped = whatStops(examined);
  const [isRefused, setRefused] = useState(false);
  const submit = () => {
    setRefused(stopped !== null);
    if (stopped === null) props.onSubmit();
  };
  const general = errors.general ?? (isRefused ? stopped : null);

  return (
    <Form className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem]" onSubmit={submit}>
      <div className="flex min-w-0 flex-col gap-4">
        {general !== null && (
          <Note tone="failed" role="alert">
            {general}
          </Note>
        )}
        {props.head}
        <UrlPanel
          urlTemplate={draft.urlTemplate}
          onChange={(urlTemplate) => {
            set({ urlTemplate });
          }}
          previewed={previewed}
          values={values}
          onValues={setValues}
          findings={examined.marks}
          doctor={
            <DoctorPanel
              examined={examined}
              urlTemplate={draft.urlTemplate}
              onMend={(urlTemplate) => {
                set({ urlTemplate });
              }}
            />
          }
          asTable={props.asTable ?? false}
          onPasteAll={props.onPasteAll ?? (() => undefined)}
          error={errors.fields["urlTemplate"]}
        />
        {draft.urlTemplate.trim() !== "" && (
          <ProvePanel
            draft={draft}
            postbackId={props.postbackId}
            token={props.token ?? null}
            onLink={setLink}
          />
        )}
        <HowItIsSent draft={draft} set={set} errors={errors} />
      </div>
      <div className="flex min-w-0 flex-col gap-4 lg:sticky lg:top-4">
        <WhenItFires draft={draft} set={set} errors={errors} severalGoals={props.severalGoals} />
        <Panel>
          <div className="flex flex-col gap-4">
            <TextField
              label="Name"
              hint="For you alone; may stay empty."
              value={draft.name}
              onChange={(name) => {
                set({ name });
              }}
              error={errors.fields["name"]}
            />
            <Switch
              isSelected={draft.enabled}
              onChange={(enabled) => {
                set({ enabled });
              }}
            >
              {draft.enabled ? "Switched on" : "Switched off"}
            </Switch>
            <Button type="submit" look="primary" isPending={props.isSaving}>
              {props.submitLabel}
            </Button>
          </div>
        </Panel>
      </div>
    </Form>
  );
}
