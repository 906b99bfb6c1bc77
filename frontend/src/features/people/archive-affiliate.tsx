import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { Archiving } from "@/components/records/archiving";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const Archive = mutation(
  graphql(`
    mutation ArchiveAffiliate($input: ArchiveAffiliateInput!) {
      archiveAffiliate(input: $input) {
        affiliate {
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
  "affiliates",
);

const Restore = mutation(
  graphql(`
    mutation RestoreAffiliate($input: RestoreAffiliateInput!) {
      restoreAffiliate(input: $input) {
        affiliate {
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
  "affiliates",
);

const Delete = mutation(
  graphql(`
    mutation DeleteAffiliate($input: DeleteAffiliateInput!) {
      deleteAffiliate(input: $input) {
        deletedId
        userErrors {
          field
          message
        }
      }
    }
  `),
  "affiliates",
);

/** Archives an affiliate, restores it, or deletes it where nothing uses it. */
export function ArchiveAffiliate({
  affiliate,
}: {
  affiliate: { id: string; name: string; archivedAt: string | null };
}): ReactElement {
  const navigate = useNavigate();
  return (
    <Archiving
      id={affiliate.id}
      what="affiliate"
      name={affiliate.name}
      isArchived={affiliate.archivedAt !== null}
      archive={{ document: Archive, field: "archiveAffiliate" }}
      restore={{ document: Restore, field: "restoreAffiliate" }}
      remove={{ document: Delete, field: "deleteAffiliate" }}
      effect="New clicks on its links go to the offers' fallback URLs and are not counted. Its users still sign in and read."
      onDeleted={() => void navigate({ to: "/staff/affiliates" })}
    />
  );
}
