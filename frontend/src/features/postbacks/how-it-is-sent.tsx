import type { ReactElement } from "react";

import { TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/page";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import type { FormErrors } from "@/graphql/user-errors";

import type { Draft, RuleKind } from "./draft";

const rules: readonly { id: RuleKind; label: string; hint: string }[] = [
  { id: "NONE", label: "Any 2xx response", hint: "What most trackers need" },
  { id: "CONTAINS", label: "The body must contain", hint: "Otherwise it counts as refused" },
  { id: "NOT_CONTAINS", label: "The body must not contain", hint: "If it does, it counts as refused" },
  { id: "JSON_FIELD", label: "A JSON field must equal", hint: "For trackers that answer 200 to everything" },
  { id: "STATUS_CODE", label: "The status code must be", hint: "200 only, or a redirect that means success" },
];

const valueLabels = { CONTAINS: "Text", NOT_CONTAINS: "Text", JSON_FIELD: "Equals", STATUS_CODE: "Codes" };

interface Part {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  errors: FormErrors;
}

/** The method, what the tracker's answer has to say, and what it is called. */
export function HowItIsSent({ draft, set, errors }: Part): ReactElement {
  return (
    <Panel title="How it is sent">
      <div className="flex flex-col gap-4">
        <MethodAndRule draft={draft} set={set} errors={errors} />
        <TextField
          label="Name"
          hint="Optional, only you see it."
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
      </div>
    </Panel>
  );
}

type Rule = Pick<Draft, "method" | "rule" | "rulePath" | "ruleValue">;

interface RulePart {
  draft: Rule;
  set: (change: Partial<Rule>) => void;
  errors: FormErrors;
}

/** The method, and what the tracker's answer has to say. */
export function MethodAndRule({ draft, set, errors }: RulePart): ReactElement {
  return (
    <>
      <Segmented
        label="Method"
        value={draft.method}
        onChange={(method) => {
          set({ method });
        }}
        choices={[
          { id: "GET", label: "GET" },
          { id: "POST", label: "POST" },
        ]}
        hint={
          draft.method === "POST"
            ? "The query's values are sent as a JSON body, signed (Standard Webhooks)."
            : "Values are sent in the URL, as most trackers expect."
        }
      />
      <SuccessRule draft={draft} set={set} errors={errors} />
    </>
  );
}

/** What the tracker has to answer. */
function SuccessRule({ draft, set, errors }: RulePart): ReactElement {
  return (
    <>
      <Select
        label="Success rule"
        choices={rules}
        value={draft.rule}
        onChange={(rule) => {
          set({ rule: rule as RuleKind });
        }}
        error={errors.fields["bodyRule"]}
      />
      {draft.rule !== "NONE" && (
        <div className="flex flex-wrap gap-3">
          {draft.rule === "JSON_FIELD" && (
            <TextField
              label="JSON field"
              placeholder="result.status"
              value={draft.rulePath}
              onChange={(rulePath) => {
                set({ rulePath });
              }}
              mono
              className="min-w-40 flex-1"
            />
          )}
          <TextField
            label={valueLabels[draft.rule]}
            placeholder={draft.rule === "STATUS_CODE" ? "200, 302" : "OK"}
            value={draft.ruleValue}
            onChange={(ruleValue) => {
              set({ ruleValue });
            }}
            mono
            className="min-w-40 flex-1"
          />
        </div>
      )}
    </>
  );
}
