import { useNavigate } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useClient } from "urql";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Panel } from "@/components/ui/page";
import { Note } from "@/components/ui/states";
import { StickyBar } from "@/components/ui/sticky-bar";
import { toast } from "@/components/ui/toast";
import type { FormErrors } from "@/graphql/user-errors";

import { MethodAndRule } from "./how-it-is-sent";
import { ConflictDialog, Overtaken } from "./overtaken";
import { AddressPanel } from "./tracker-address";
import { CampaignsPanel } from "./campaigns-panel";
import { GoalsPanel } from "./tracker-goals";
import { missing, type TrackerDraft } from "./tracker-draft";
import { type Tracker, TrackerQuery, UpdateTracker } from "./tracker-parts";
import { ChangePreview } from "./tracker-preview";
import type { TrackerForm } from "./use-tracker-form";

const rows = Array.from({ length: 60 }, (_, i) => `goals.${String(i)}`);

const fieldNames = [
  "name",
  "urlTemplate",
  "domain",
  "bodyRule",
  "goals",
  ...rows,
  "allCampaigns",
  "defaultLinks",
  "campaignIds",
  "param1",
  "param2",
  "param3",
  "version",
];

/** The errors by field, those of goals by the goal's key: `sent` are the goals as they were sent. */
function byGoal(errors: FormErrors, sent: readonly string[]): Record<string, string> {
  const goals = sent.flatMap((key, i) => {
    const error = errors.fields[`goals.${String(i)}`];
    return error === undefined ? [] : [[`goal ${key}`, error] as const];
  });
  return { ...errors.fields, ...Object.fromEntries(goals) };
}

/** Saves what was changed, and what to ask where somebody else saved meanwhile. */
function useSaving(tracker: Tracker, form: TrackerForm) {
  const client = useClient();
  const [isAsking, setAsking] = useState(false);
  const [sent, setSent] = useState<readonly string[]>([]);
  const { errors, setErrors, isSaving, save } = useSave(UpdateTracker, "updateTracker", fieldNames);
  const isOvertaken = form.isDirty && tracker.version !== form.version;

  const askAboutTheirs = async () => {
    // Who saved what, as it is now.
    await client.query(TrackerQuery, { id: tracker.id }, { requestPolicy: "network-only" }).toPromise();
    setAsking(true);
  };

  const saveFrom = async (version: number, moveCampaigns = false) => {
    setAsking(false);
    setSent((form.input.goals ?? []).map(({ goal }) => goal));
    const payload = await save({ ...form.input, version, moveCampaigns }, ({ fields }) => {
      if (fields["version"] !== undefined) void askAboutTheirs();
    });
    const saved = payload?.tracker;
    if (!saved) return;
    form.saved(saved, form.draft);
    toast(`Saved as version ${String(saved.version)}; postbacks already queued are sent as they were`);
  };

  const submit = (moveCampaigns = false) => {
    const fields = missing(form.draft);
    if (Object.keys(fields).length > 0) {
      setErrors({ fields, general: "Something is still missing; it is marked above." });
    } else if (isOvertaken) setAsking(true);
    else void saveFrom(form.version, moveCampaigns);
  };

  return {
    errors: { ...errors, fields: byGoal(errors, sent) },
    faults: errors.fields,
    isSaving,
    isOvertaken,
    isAsking,
    close: () => {
      setAsking(false);
    },
    overwrite: () => void saveFrom(tracker.version),
    submit,
  };
}

/** Everything that can be set of a tracker, saved at once. */
export function SetUpTab({ tracker, form }: { tracker: Tracker; form: TrackerForm }): ReactElement {
  const navigate = useNavigate();
  const saving = useSaving(tracker, form);
  const { errors } = saving;
  return (
    <Form className="flex flex-col gap-4" onSubmit={saving.submit} faults={saving.faults}>
      {saving.isOvertaken && (
        <Note tone="retrying" icon={TriangleAlert} role="status">
          <Overtaken by={tracker} />
        </Note>
      )}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <AddressPanel tracker={tracker} form={form} errors={errors.fields} />
          <GoalsPanel tracker={tracker} form={form} errors={errors.fields} />
          <ChangePreview change={form.change} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <CampaignsPanel
            tracker={tracker}
            form={form}
            errors={errors}
            onMove={() => {
              saving.submit(true);
            }}
          />
          <Tokens tracker={tracker} form={form} errors={errors.fields} />
          <Panel title="Request">
            <div className="flex flex-col gap-4">
              <MethodAndRule draft={form.draft} set={form.set} errors={errors} />
            </div>
          </Panel>
        </div>
      </div>
      <SaveBar form={form} general={errors.general} isSaving={saving.isSaving} />
      <ConflictDialog
        what="tracker"
        by={tracker}
        isOpen={saving.isAsking}
        onClose={saving.close}
        onSee={() => {
          saving.close();
          void navigate({
            to: "/trackers/$id",
            params: { id: tracker.id },
            search: { tab: "versions" },
            replace: true,
          });
        }}
        onOverwrite={saving.overwrite}
      />
    </Form>
  );
}

/** What the tracker's links carry, to be replaced by it with values of the click. */
function Tokens({
  tracker: { preset },
  form: { draft, set },
  errors,
}: {
  tracker: Tracker;
  form: TrackerForm;
  errors: Record<string, string>;
}): ReactElement {
  const change = (at: number, text: string) => {
    const [a, b, c] = draft.tokens;
    const tokens: TrackerDraft["tokens"] = [at === 0 ? text : a, at === 1 ? text : b, at === 2 ? text : c];
    set({ tokens });
  };
  return (
    <Panel title="Tokens on tracking links">
      <div className="flex flex-col gap-3">
        <p className="text-sm text-muted">
          Your tracker replaces them with values of the click.
          {preset !== null && preset.token !== "" && ` ${preset.name} has its click id in ${preset.token}.`}
        </p>
        {draft.tokens.map((token, i) => {
          const name = `param_${String(i + 1)}`;
          return (
            <TextField
              key={name}
              label={name}
              value={token}
              onChange={(text) => {
                change(i, text);
              }}
              mono
              spellCheck="false"
              error={errors[`param${String(i + 1)}`]}
            />
          );
        })}
      </div>
    </Panel>
  );
}

/** The button, and beside it what keeps from saving; it is read out once saving was tried. */
function SaveBar({
  form,
  general,
  isSaving,
}: {
  form: TrackerForm;
  general: string | null;
  isSaving: boolean;
}): ReactElement {
  return (
    <StickyBar>
      {general !== null ? (
        <p role="alert" className="min-w-0 flex-1 basis-64 text-sm text-failed">
          {general}
        </p>
      ) : (
        form.isDirty && <p className="min-w-0 flex-1 basis-28 text-sm text-muted">Unsaved changes</p>
      )}
      {form.isDirty && <Button onPress={form.discard}>Discard</Button>}
      <Button type="submit" look="primary" isPending={isSaving} isDisabled={!form.isDirty}>
        Save
      </Button>
    </StickyBar>
  );
}
