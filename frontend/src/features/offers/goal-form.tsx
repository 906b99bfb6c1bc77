import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { Checkbox, CheckboxGroup } from "@/components/ui/checkbox";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { Segmented } from "@/components/ui/segmented";
import { Switch } from "@/components/ui/switch";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import type { FormErrors } from "@/graphql/user-errors";

const CreateGoal = mutation(
  graphql(`
    mutation StaffCreateGoal($input: CreateGoalInput!) {
      createGoal(input: $input) {
        goal {
          id
          name
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "goals",
);

const UpdateGoal = mutation(
  graphql(`
    mutation StaffUpdateGoal($input: UpdateGoalInput!) {
      updateGoal(input: $input) {
        goal {
          id
          name
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "goals",
);

const statuses = ["PENDING", "APPROVED", "REJECTED", "CANCELLED"] as const;
const parameters = ["transaction_id", "amount", "currency", "occurred_at", "status"];
const fields = ["key", "name", "trigger", "statuses", "parameters", "timestampStandard"];

export interface GoalFields {
  id: string;
  key: string;
  name: string;
  trigger: string;
  oncePerPlayer: boolean;
  billable: boolean;
  reversible: boolean;
  statuses: readonly string[];
  parameters: readonly string[];
  timestampStandard: string;
  builtIn: boolean;
}

/** A goal as it is typed. */
interface GoalDraft {
  key: string;
  name: string;
  trigger: string;
  counted: "player" | "transaction";
  billable: boolean;
  reversible: boolean;
  statuses: string[];
  parameters: string[];
  timestampStandard: string;
}

function goalDraft(goal: GoalFields | null): GoalDraft {
  return {
    key: goal?.key ?? "",
    name: goal?.name ?? "",
    trigger: goal?.trigger ?? "",
    counted: goal?.oncePerPlayer === false ? "transaction" : "player",
    billable: goal?.billable ?? false,
    reversible: goal?.reversible ?? true,
    statuses: [...(goal?.statuses ?? statuses)],
    parameters: [...(goal?.parameters ?? ["occurred_at", "status"])],
    timestampStandard:
      goal?.timestampStandard ?? "when it happened at the operator, UTC; RFC 3339 or Unix seconds",
  };
}

/** A goal, new or as it is. */
export function GoalForm({
  goal,
  onSaved,
}: {
  goal: GoalFields | null;
  onSaved: (name: string) => void;
}): ReactElement {
  const fixed = goal?.builtIn === true;
  const [draft, setDraft] = useState(() => goalDraft(goal));
  const create = useSave(CreateGoal, "createGoal", fields);
  const update = useSave(UpdateGoal, "updateGoal", fields);
  const { errors, isSaving } = goal ? update : create;
  useUnsavedValues(draft);
  const set = (change: Partial<GoalDraft>) => {
    setDraft((now) => ({ ...now, ...change }));
  };
  const submit = async () => {
    const { key, counted, statuses: chosen, ...rest } = draft;
    const input = {
      ...rest,
      oncePerPlayer: counted === "player",
      statuses: statuses.filter((s) => chosen.includes(s)),
    };
    const payload = await (goal ? update.save({ id: goal.id, ...input }) : create.save({ key, ...input }));
    if (payload?.goal) onSaved(payload.goal.name);
  };
  return (
    <Form className="flex flex-col gap-4" onSubmit={() => void submit()}>
      <GeneralError text={errors.general} />
      {fixed && <p className="text-muted">Built in: only its name and trigger can be changed.</p>}
      <Naming draft={draft} set={set} errors={errors} isNew={goal === null} />
      {!fixed && <Counting draft={draft} set={set} />}
      {!fixed && <Reporting draft={draft} set={set} errors={errors} />}
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Save goal
        </Button>
      </div>
    </Form>
  );
}

interface Part {
  draft: GoalDraft;
  set: (change: Partial<GoalDraft>) => void;
}

/** What it is called, and when it happens. The key stays as it was made. */
function Naming({ draft, set, errors, isNew }: Part & { errors: FormErrors; isNew: boolean }): ReactElement {
  return (
    <>
      {isNew && (
        <TextField
          label="Key"
          hint="Its name in the API and in postbacks, such as bonus_used."
          mono
          value={draft.key}
          onChange={(key) => {
            set({ key });
          }}
          isRequired
          autoFocus
          error={errors.fields["key"]}
        />
      )}
      <TextField
        label="Name"
        value={draft.name}
        onChange={(name) => {
          set({ name });
        }}
        isRequired
        error={errors.fields["name"]}
      />
      <TextField
        label="Trigger"
        rows={2}
        value={draft.trigger}
        onChange={(trigger) => {
          set({ trigger });
        }}
        isRequired
        error={errors.fields["trigger"]}
      />
    </>
  );
}

/** How its conversions are counted, and whether a deal pays for them. */
function Counting({ draft, set }: Part): ReactElement {
  return (
    <>
      <Segmented
        label="Counted once per"
        value={draft.counted}
        onChange={(counted) => {
          set({ counted });
        }}
        choices={[
          { id: "player", label: "Player" },
          { id: "transaction", label: "Transaction" },
        ]}
      />
      <Switch
        isSelected={draft.billable}
        onChange={(billable) => {
          set({ billable });
        }}
      >
        Billable: a deal can pay for it
      </Switch>
      <Switch
        isSelected={draft.reversible}
        onChange={(reversible) => {
          set({ reversible });
        }}
      >
        Reversible after approval
      </Switch>
    </>
  );
}

/** What an operator reports of it. */
function Reporting({ draft, set, errors }: Part & { errors: FormErrors }): ReactElement {
  return (
    <>
      <CheckboxGroup
        label="Statuses"
        value={draft.statuses}
        onChange={(chosen) => {
          set({ statuses: chosen });
        }}
        error={errors.fields["statuses"]}
      >
        {statuses.map((s) => (
          <Checkbox key={s} value={s}>
            {s.toLowerCase()}
          </Checkbox>
        ))}
      </CheckboxGroup>
      <CheckboxGroup
        label="Parameters"
        value={draft.parameters}
        onChange={(carried) => {
          set({ parameters: carried });
        }}
        error={errors.fields["parameters"]}
      >
        {parameters.map((p) => (
          <Checkbox key={p} value={p}>
            {p}
          </Checkbox>
        ))}
      </CheckboxGroup>
      <TextField
        label="Meaning of its time"
        value={draft.timestampStandard}
        onChange={(timestampStandard) => {
          set({ timestampStandard });
        }}
        error={errors.fields["timestampStandard"]}
      />
    </>
  );
}
