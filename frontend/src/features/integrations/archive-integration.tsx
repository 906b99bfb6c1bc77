import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { Archiving } from "@/components/records/archiving";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const Archive = mutation(
  graphql(`
    mutation ArchiveIntegration($input: ArchiveIntegrationInput!) {
      archiveIntegration(input: $input) {
        integration {
          id
          enabled
          archivedAt
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "integrations",
);

const Restore = mutation(
  graphql(`
    mutation RestoreIntegration($input: RestoreIntegrationInput!) {
      restoreIntegration(input: $input) {
        integration {
          id
          enabled
          archivedAt
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "integrations",
);

const Delete = mutation(
  graphql(`
    mutation DeleteIntegration($input: DeleteIntegrationInput!) {
      deleteIntegration(input: $input) {
        deletedId
        userErrors {
          field
          message
        }
      }
    }
  `),
  "integrations",
);

/** Archives an integration, restores it, or deletes it where nothing uses it. */
export function ArchiveIntegration({
  integration,
}: {
  integration: { id: string; name: string; archivedAt: string | null };
}): ReactElement {
  const navigate = useNavigate();
  return (
    <Archiving
      id={integration.id}
      what="integration"
      name={integration.name}
      isArchived={integration.archivedAt !== null}
      archive={{ document: Archive, field: "archiveIntegration" }}
      restore={{ document: Restore, field: "restoreIntegration" }}
      remove={{ document: Delete, field: "deleteIntegration" }}
      effect="It is disabled: the operator's calls are refused and logged."
      comesBack="it is disabled until you enable it"
      onDeleted={() => void navigate({ to: "/staff/integrations" })}
    />
  );
}
