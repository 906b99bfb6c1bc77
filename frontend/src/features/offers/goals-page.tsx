import { Pencil, Plus, Printer } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { useArchived } from "@/components/records/archived";
import { FilterBar } from "@/components/records/list-page";
import { Listing } from "@/components/records/listing";
import { Button, IconButton } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { PageBody, PageHead } from "@/components/ui/page";
import { type Column, Table } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { ArchiveGoal } from "./archive-goal";
import { GoalForm } from "./goal-form";

const GoalsQuery = graphql(`
  query StaffGoals($archived: Boolean) {
    goals(archived: $archived) {
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
      archivedAt
    }
  }
`);

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
  const { archived, choice } = useArchived();
  const [{ data, error }, refetch] = useQuery({
    query: GoalsQuery,
    variables: { archived },
    requestPolicy: "cache-and-network",
  });
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
          <Actions
            onNew={() => {
              setEditing("new");
            }}
          />
        }
      >
        Every event that an operator can report, with its parameters.
      </PageHead>
      <FilterBar>{choice}</FilterBar>
      <PageBody>
        <Listing
          what="The goals"
          error={data ? undefined : error}
          isEmpty={data?.goals.length === 0}
          empty={
            archived
              ? { title: "No archived goal", words: "Archive a goal where it is edited." }
              : { title: "No goal", words: "The dictionary is empty." }
          }
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
        {editing !== null && editing !== "new" && !editing.builtIn && (
          <p className="mb-4 flex flex-wrap gap-2">
            <ArchiveGoal
              goal={editing}
              onChanged={() => {
                setEditing(null);
                refetch({ requestPolicy: "network-only" });
              }}
            />
          </p>
        )}
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

function Actions({ onNew }: { onNew: () => void }): ReactElement {
  return (
    <span className="flex gap-2 print:hidden">
      <Button
        icon={Printer}
        onPress={() => {
          print();
        }}
      >
        Print
      </Button>
      <Button look="primary" icon={Plus} onPress={onNew}>
        New goal
      </Button>
    </span>
  );
}
