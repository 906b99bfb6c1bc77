import type { ReactElement } from "react";

import { Archiving } from "@/components/records/archiving";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import type { LandingPage } from "./one-offer";

const Archive = mutation(
  graphql(`
    mutation ArchiveLandingPage($input: ArchiveLandingPageInput!) {
      archiveLandingPage(input: $input) {
        landingPage {
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
  "offers",
  "node",
);

const Restore = mutation(
  graphql(`
    mutation RestoreLandingPage($input: RestoreLandingPageInput!) {
      restoreLandingPage(input: $input) {
        landingPage {
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
  "offers",
  "node",
);

const Delete = mutation(
  graphql(`
    mutation StaffDeletePage($input: DeleteLandingPageInput!) {
      deleteLandingPage(input: $input) {
        deletedId
        userErrors {
          field
          message
        }
      }
    }
  `),
  "offers",
  "node",
);

/** Archives a landing page, restores it, or deletes it where no click went to it. */
export function ArchiveLandingPage({ page }: { page: LandingPage }): ReactElement {
  return (
    <Archiving
      inList
      id={page.id}
      what="landing page"
      name={page.name}
      isArchived={page.archivedAt !== null}
      archive={{ document: Archive, field: "archiveLandingPage" }}
      restore={{ document: Restore, field: "restoreLandingPage" }}
      remove={{ document: Delete, field: "deleteLandingPage" }}
      effect={`Links that name ${page.key} lead to the offer’s destination from then on.`}
    />
  );
}
