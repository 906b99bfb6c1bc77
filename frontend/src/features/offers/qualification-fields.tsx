import type { ReactElement } from "react";

import { useGoalChoices } from "@/components/records/choices";
import { Checkbox, CheckboxGroup } from "@/components/ui/checkbox";
import { TextField } from "@/components/ui/field";

import type { OfferFormPart } from "./offer-draft";

/** What makes a qualified player, for whom a CPA is paid. */
export function QualificationFields({ draft, set, errors }: OfferFormPart): ReactElement {
  const goals = useGoalChoices().filter((goal) => goal.id !== "cpa");
  return (
    <fieldset className="flex flex-col gap-4 rounded-md border p-4 sm:col-span-2">
      <legend className="px-1 text-sm font-semibold">Qualification (CPA)</legend>
      <CheckboxGroup
        label="Required goals"
        value={draft.needed}
        onChange={(needed) => {
          set({ needed });
        }}
        hint="Without goals and minimum deposits, the operator reports who qualifies."
        error={errors.fields["qualification"]}
      >
        {goals.map((goal) => (
          <Checkbox key={goal.id} value={goal.id}>
            {goal.label}
          </Checkbox>
        ))}
      </CheckboxGroup>
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Minimum deposit"
          value={draft.minDeposit}
          onChange={(minDeposit) => {
            set({ minDeposit });
          }}
          inputMode="decimal"
        />
        <TextField
          label="Minimum cumulative deposit"
          value={draft.minCumulativeDeposit}
          onChange={(minCumulativeDeposit) => {
            set({ minCumulativeDeposit });
          }}
          inputMode="decimal"
        />
        <TextField
          label="Qualification window (days)"
          value={draft.withinDays}
          onChange={(withinDays) => {
            set({ withinDays });
          }}
          inputMode="numeric"
          hint="From registration. 0: no limit."
        />
        <TextField
          label="Clawback window (days)"
          value={draft.clawbackDays}
          onChange={(clawbackDays) => {
            set({ clawbackDays });
          }}
          inputMode="numeric"
          hint="A reversal within it takes the CPA back. 0: unlimited."
        />
      </div>
    </fieldset>
  );
}
