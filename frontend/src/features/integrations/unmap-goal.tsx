import type { ReactElement } from "react";

import { useSave } from "@/components/records/use-save";
import { Confirm } from "@/components/ui/dialog";
import { plural } from "@/components/ui/format";
import { GeneralError } from "@/components/ui/general-error";
import { toast } from "@/components/ui/toast";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import type { UnmappedGoal } from "./unmapped-goals";

const Unmap = mutation(
  graphql(`
    mutation StaffUnmapGoal($input: UnmapGoalInput!) {
      unmapGoal(input: $input) {
        takenBack
        integration {
          id
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "integrations",
  "conversions",
  "conversionTotals",
  "node",
);

/** Asks before a mapping is undone: how many conversions are taken back. */
export function UnmapGoal({
  integrationId,
  goal,
  onClose,
  onUndone,
}: {
  integrationId: string;
  /** Null: nothing is asked. */
  goal: UnmappedGoal | null;
  onClose: () => void;
  onUndone: () => void;
}): ReactElement {
  const { errors, isSaving, save } = useSave(Unmap, "unmapGoal", [], goal);
  const undo = async (word: string) => {
    const payload = await save({ integrationId, word });
    if (!payload) return;
    toast(`${plural(payload.takenBack, "conversion", "conversions")} taken back`);
    onClose();
    onUndone();
  };
  return (
    <Confirm
      title={`Undo the mapping of ${goal?.word ?? ""}`}
      isOpen={goal !== null}
      onClose={onClose}
      onConfirm={() => {
        if (goal) void undo(goal.word);
      }}
      action="Undo mapping"
      danger
      isPending={isSaving}
    >
      <GeneralError text={errors.general} />
      {goal && (
        <p>
          {plural(goal.recorded, "conversion that was", "conversions that were")} recorded of waiting reports{" "}
          {goal.recorded === 1 ? "is" : "are"} taken back with what{" "}
          {goal.recorded === 1 ? "it pays" : "they pay"}, and the reports wait again. Conversions that were
          reported while it was mapped stay.
        </p>
      )}
    </Confirm>
  );
}
