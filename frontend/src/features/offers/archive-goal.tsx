import type { ReactElement } from "react";

import { Archiving } from "@/components/records/archiving";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const Archive = mutation(
  graphql(`
    mutation ArchiveGoal($input: ArchiveGoalInput!) {
      archiveGoal(input: $input) {
        goal {
          id
          archivedAt
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

const Restore = mutation(
  graphql(`
    mutation RestoreGoal($input: RestoreGoalInput!) {
      restoreGoal(input: $input) {
        goal {
          id
          archivedAt
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

const Delete = mutation(
  graphql(`
    mutation DeleteGoal($input: DeleteGoalInput!) {
      deleteGoal(input: $input) {
        deletedId
        userErrors {
          field
          message
        }
      }
    }
  `),
  "goals",
);

/** Archives a goal, restores it, or deletes it where nothing uses it. */
export function ArchiveGoal({
  goal,
  onChanged,
}: {
  goal: { id: string; name: string; archivedAt: string | null };
  onChanged: () => void;
}): ReactElement {
  return (
    <Archiving
      id={goal.id}
      what="goal"
      name={goal.name}
      isArchived={goal.archivedAt !== null}
      archive={{ document: Archive, field: "archiveGoal" }}
      restore={{ document: Restore, field: "restoreGoal" }}
      remove={{ document: Delete, field: "deleteGoal" }}
      effect="Its conversions are still recorded, and its postbacks are sent."
      onChanged={onChanged}
      onDeleted={onChanged}
    />
  );
}
