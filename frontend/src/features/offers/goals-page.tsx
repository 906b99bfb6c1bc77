import { Pencil, Plus, Printer } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { Listing } from "@/components/records/listing";
import { Button, IconButton } from "@/components/ui/button";
import { Checkbox, CheckboxGroup } from "@/components/ui/checkbox";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { PageBody, PageHead } from "@/components/ui/page";
import { Segmented } from "@/components/ui/segmented";
import { Switch } from "@/components/ui/switch";
import { type Column, Table } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { GeneralError } from "@/components/ui/general-error";
import { useSave } from "@/components/records/use-save";

const GoalsQuery = graphql(`
  query StaffGoals {
    goals {
      id
      key
      name
      trigger
      oncePerPlayer
      billable
      reversible
      statuses
      parameters
      timestampStandard
      builtIn
    }
  }
`);

const SaveGoal = mutation(
  graphql(`
    mutation StaffSaveGoal($input: SaveGoalInput!) {
      saveGoal(input: $input) {
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

type Goal = ResultOf<typeof GoalsQuery>["goals"][number];

const facts: Column<Goal>[] = [
  {
    id: "name",
    header: "Goal",
    lead: true,
    width: "12rem",
    cell: (goal) => (
      <span>
        <span className="font-medium">{goal.name}</span>{" "}
        <code translate="no" className="block font-mono text-sm text-muted">
          {goal.key}
        </code>
      </span>
    ),
  },
  { id: "trigger", header: "Trigger", cell: (goal) => goal.trigger },
  {
    id: "counted",
    header: "Counted",
    label: "counted",
    cell: (goal) => (goal.oncePerPlayer ? "Once per player" : "Once per transaction_id"),
  },
  {
    id: "billable",
    header: "Billable",
    label: "billable",
    cell: (goal) => (goal.billable ? "Yes" : "No"),
  },
  {
    id: "statuses",
    header: "Statuses",
    label: "statuses",
    cell: (goal) => (
      <span>
        {goal.statuses.map((s) => s.toLowerCase()).join(", ")}
        {!goal.reversible && <span className="text-muted">; final once approved</span>}
      </span>
    ),
  },
  {
    id: "parameters",
    header: "Parameters",
    label: "parameters",
    cell: (goal) => (
      <span>
        <span translate="no" className="font-mono text-sm break-words">
          {["goal", "click_id or player_id", ...goal.parameters].join(", ")}
        </span>
        <span className="block text-sm text-muted">Time: {goal.timestampStandard}</span>
      </span>
    ),
  },
];

export function GoalsPage(): ReactElement {
  const [editing, setEditing] = useState<Goal | "new" | null>(null);
  const [{ data, error }, refetch] = useQuery({ query: GoalsQuery, requestPolicy: "cache-and-network" });
  const columns: Column<Goal>[] = [
    ...facts,
    {
      id: "edit",
      header: "Edit",
      align: "right",
      trail: true,
      cell: (goal) => (
        <span className="print:hidden">
          <IconButton
            label={`Edit ${goal.name}`}
            icon={Pencil}
            onPress={() => {
              setEditing(goal);
            }}
          />
        </span>
      ),
    },
  ];
  return (
    <>
      <PageHead
        title="Event dictionary"
        aside={
          <span className="flex gap-2 print:hidden">
            <Button
              icon={Printer}
              onPress={() => {
                print();
              }}
            >
              Print
            </Button>
            <Button
              look="primary"
              icon={Plus}
              onPress={() => {
                setEditing("new");
              }}
            >
              New goal
            </Button>
          </span>
        }
      >
        Every event that an operator can report, with its parameters.
      </PageHead>
      <PageBody>
        <Listing
          what="The goals"
          error={data ? undefined : error}
          isEmpty={data?.goals.length === 0}
          empty={{ title: "No goal", words: "The dictionary is empty." }}
          onRetry={() => {
            refetch({ requestPolicy: "network-only" });
          }}
        >
          <div className="overflow-hidden rounded-md border bg-surface">
            <Table
              label="Goals"
              columns={columns}
              rows={data?.goals ?? []}
              rowId={(goal) => goal.id}
              loading={!data}
            />
          </div>
        </Listing>
      </PageBody>
      <Dialog
        title={editing === "new" ? "New goal" : "Goal"}
        wide
        isOpen={editing !== null}
        onClose={() => {
          setEditing(null);
        }}
      >
        {editing !== null && (
          <GoalForm
            goal={editing === "new" ? null : editing}
            onSaved={(name) => {
              setEditing(null);
              toast(`Saved ${name}`);
              refetch({ requestPolicy: "network-only" });
            }}
          />
        )}
      </Dialog>
    </>
  );
}

const statuses = ["PENDING", "APPROVED", "REJECTED", "CANCELLED"] as const;
const parameters = ["transaction_id", "amount", "currency", "occurred_at", "status"];

function GoalForm({ goal, onSaved }: { goal: Goal | null; onSaved: (name: string) => void }): ReactElement {
  const fixed = goal?.builtIn === true;
  const [key, setKey] = useState(goal?.key ?? "");
  const [name, setName] = useState(goal?.name ?? "");
  const [trigger, setTrigger] = useState(goal?.trigger ?? "");
  const [counted, setCounted] = useState<"player" | "transaction">(
    goal?.oncePerPlayer === false ? "transaction" : "player",
  );
  const [billable, setBillable] = useState(goal?.billable ?? false);
  const [reversible, setReversible] = useState(goal?.reversible ?? true);
  const [chosen, setChosen] = useState<string[]>([...(goal?.statuses ?? statuses)]);
  const [carries, setCarries] = useState<string[]>([...(goal?.parameters ?? ["occurred_at", "status"])]);
  const [standard, setStandard] = useState(
    goal?.timestampStandard ?? "when it happened at the operator, UTC; RFC 3339 or Unix seconds",
  );
  const { errors, isSaving, save } = useSave(SaveGoal, "saveGoal", [
    "key",
    "name",
    "trigger",
    "statuses",
    "parameters",
    "timestampStandard",
  ]);
  useUnsavedValues([key, name, trigger, counted, billable, reversible, chosen, carries, standard]);
  const submit = async () => {
    const payload = await save({
      ...(goal ? { id: goal.id } : { key }),
      name,
      trigger,
      oncePerPlayer: counted === "player",
      billable,
      reversible,
      statuses: statuses.filter((s) => chosen.includes(s)),
      parameters: carries,
      timestampStandard: standard,
    });
    if (payload?.goal) onSaved(payload.goal.name);
  };
  return (
    <Form className="flex flex-col gap-4" onSubmit={() => void submit()}>
      <GeneralError text={errors.general} />
      {fixed && <p className="text-muted">Built in: only its name and trigger can be changed.</p>}
      {!goal && (
        <TextField
          label="Key"
          hint="Its name in the API and in postbacks, such as bonus_used."
          mono
          value={key}
          onChange={setKey}
          isRequired
          autoFocus
          error={errors.fields["key"]}
        />
      )}
      <TextField label="Name" value={name} onChange={setName} isRequired error={errors.fields["name"]} />
      <TextField
        label="Trigger"
        rows={2}
        value={trigger}
        onChange={setTrigger}
        isRequired
        error={errors.fields["trigger"]}
      />
      {!fixed && (
        <>
          <Segmented
            label="Counted once per"
            value={counted}
            onChange={setCounted}
            choices={[
              { id: "player", label: "Player" },
              { id: "transaction", label: "Transaction" },
            ]}
          />
          <Switch isSelected={billable} onChange={setBillable}>
            Billable: a deal can pay for it
          </Switch>
          <Switch isSelected={reversible} onChange={setReversible}>
            Reversible after approval
          </Switch>
          <CheckboxGroup
            label="Statuses"
            value={chosen}
            onChange={setChosen}
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
            value={carries}
            onChange={setCarries}
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
            value={standard}
            onChange={setStandard}
            error={errors.fields["timestampStandard"]}
          />
        </>
      )}
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Save goal
        </Button>
      </div>
    </Form>
  );
}
