import { type ReactElement, useEffect, useRef } from "react";

import { useGoalChoices } from "@/components/records/choices";

import type { IntegrationFormPart } from "./integration-draft";
import { MappingTable } from "./mapping-table";

const parameterChoices = [
  "goal",
  "click_id",
  "player_id",
  "transaction_id",
  "amount",
  "currency",
  "payout",
  "status",
  "occurred_at",
  "test",
  "token",
  "signature",
].map((id) => ({ id, label: id }));

const statusChoices = [
  { id: "approved", label: "Approved" },
  { id: "pending", label: "Pending" },
  { id: "rejected", label: "Rejected" },
  { id: "cancelled", label: "Cancelled" },
];

/** What the operator's words mean: the names of parameters, goals and statuses. */
export function Mappings({
  draft,
  set,
  errors,
  used,
}: IntegrationFormPart & {
  /** How many parameters were added from elsewhere in the page: the last row's choice gets the focus. */
  used: number;
}): ReactElement {
  const goalChoices = useGoalChoices();
  const names = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (used > 0) names.current?.querySelector<HTMLElement>("tbody tr:last-child button")?.focus();
  }, [used]);
  return (
    <>
      <div ref={names} className="sm:col-span-2">
        <MappingTable
          title="Parameter mapping"
          hint="A parameter's name, a path with dots into their JSON, or = and a fixed value, such as =ftd."
          rows={draft.names}
          onChange={(names) => {
            set({ names });
          }}
          ours="from"
          choices={parameterChoices}
          theirs="Operator's parameter"
          placeholder="data.subid"
          error={errors.fields["parameterMapping"]}
        />
      </div>
      <MappingTable
        title="Goal mapping"
        rows={draft.goals}
        onChange={(goals) => {
          set({ goals });
        }}
        ours="to"
        choices={goalChoices}
        theirs="Operator's goal"
        placeholder="FIRST_DEPOSIT"
        error={errors.fields["goalMapping"]}
      />
      <MappingTable
        title="Status mapping"
        hint="A status that is not listed waits unmapped and pays nothing."
        rows={draft.statuses}
        onChange={(statuses) => {
          set({ statuses });
        }}
        ours="to"
        choices={statusChoices}
        theirs="Operator's status"
        placeholder="settled"
        error={errors.fields["statusMapping"]}
      />
    </>
  );
}
