import type { ReactElement } from "react";

import { useGoalChoices } from "@/components/records/choices";
import { Switch } from "@/components/ui/switch";

import type { IntegrationFormPart } from "./integration-draft";
import { MappingTable } from "./mapping-table";

/** What no status can mean: what is rejected or cancelled is said. */
const unsaidStatuses = [
  { id: "approved", label: "Approved" },
  { id: "pending", label: "Pending" },
];

/** What the operator leaves out: the status, and the transaction id of goals that repeat. */
export function Unsaid({ draft, set, errors }: IntegrationFormPart): ReactElement {
  const choices = [{ id: "*", label: "All other goals" }, ...useGoalChoices()];
  return (
    <>
      <MappingTable
        title="Calls without a status"
        hint="Approved or pending, by goal. A goal that is not listed is approved."
        rows={draft.noStatus}
        onChange={(noStatus) => {
          set({ noStatus });
        }}
        ours="from"
        choices={choices}
        theirs="Status"
        theirChoices={unsaidStatuses}
        placeholder="Choose a status"
        error={errors.fields["defaultStatuses"]}
      />
      <div className="space-y-1">
        <Switch
          isSelected={draft.tellApart}
          onChange={(tellApart) => {
            set({ tellApart });
          }}
        >
          Deposits without a transaction id
        </Switch>
        <p className="text-muted text-sm">
          They are told apart by click, amount and minute. Two deposits of one amount within a minute count as
          one, and a call that is repeated after a minute counts twice: ask for transaction ids where you can.
        </p>
      </div>
    </>
  );
}
