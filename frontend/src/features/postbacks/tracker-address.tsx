import { lazy, type ReactElement, Suspense, useMemo } from "react";

import { TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/page";
import { Skeleton } from "@/components/ui/skeleton";

import { DoctorPanel, useDoctor } from "./doctor";
import { newDraft } from "./draft";
import { usePreview } from "./preview";
import { hostOf } from "./tracker-draft";
import type { Tracker } from "./tracker-parts";
import type { TrackerForm } from "./use-tracker-form";

const UrlField = lazy(() => import("./editor/url-field"));

const nothing = {};

/** The tracker's name, its domain alone, and its URL in the editor. */
export function AddressPanel({
  tracker,
  form,
  errors,
}: {
  tracker: Tracker;
  form: TrackerForm;
  errors: Record<string, string>;
}): ReactElement {
  const { draft, set, change } = form;
  const [first] = tracker.postbacks;
  const goal = first?.goal.key ?? null;
  const postback = {
    ...newDraft,
    urlTemplate: draft.urlTemplate,
    method: draft.method,
    goals: goal === null ? [] : [goal],
  };
  const examined = useDoctor(postback, first?.id ?? null, null);
  const { preview } = usePreview({
    postback: { id: first?.id ?? null, urlTemplate: draft.urlTemplate },
    goal,
    values: nothing,
  });
  const examples = useMemo(
    () => new Map((preview?.spans ?? []).map((span) => [span.templateStart, span.value])),
    [preview],
  );
  return (
    <Panel title="Postback URL">
      <div className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Name"
            value={draft.name}
            onChange={(name) => {
              set({ name });
            }}
            error={errors["name"]}
          />
          <TextField
            label="Domain"
            hint="Moves every URL of this tracker at once."
            value={draft.domain ?? hostOf(draft.urlTemplate)}
            onChange={(domain) => {
              set({ domain: domain === hostOf(draft.urlTemplate) ? null : domain });
            }}
            mono
            spellCheck="false"
            error={errors["domain"] ?? change.errors["domain"]}
          />
        </div>
        <Suspense fallback={<Skeleton className="h-28" />}>
          <UrlField
            value={draft.urlTemplate}
            onChange={(urlTemplate) => {
              set({ urlTemplate });
            }}
            findings={examined.marks}
            exampleAt={(start) => examples.get(start) ?? null}
            onPasteAll={() => undefined}
            aggregates={false}
            asTable={false}
            error={errors["urlTemplate"] ?? change.errors["urlTemplate"]}
          />
        </Suspense>
        {draft.urlTemplate.trim() !== "" && (
          <DoctorPanel
            examined={examined}
            urlTemplate={draft.urlTemplate}
            onFix={({ urlTemplate }) => {
              set({ urlTemplate });
            }}
          />
        )}
      </div>
    </Panel>
  );
}
