import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { Archiving } from "@/components/records/archiving";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const Archive = mutation(
  graphql(`
    mutation ArchiveOffer($input: ArchiveOfferInput!) {
      archiveOffer(input: $input) {
        offer {
          id
          state
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
  "campaigns",
);

const Restore = mutation(
  graphql(`
    mutation RestoreOffer($input: RestoreOfferInput!) {
      restoreOffer(input: $input) {
        offer {
          id
          state
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
  "campaigns",
);

const Delete = mutation(
  graphql(`
    mutation DeleteOffer($input: DeleteOfferInput!) {
      deleteOffer(input: $input) {
        deletedId
        userErrors {
          field
          message
        }
      }
    }
  `),
  "offers",
  "campaigns",
);

/** Archives an offer, restores it, or deletes it where nothing uses it. */
export function ArchiveOffer({
  offer,
}: {
  offer: { id: string; name: string; archivedAt: string | null };
}): ReactElement {
  const navigate = useNavigate();
  return (
    <Archiving
      id={offer.id}
      what="offer"
      name={offer.name}
      isArchived={offer.archivedAt !== null}
      archive={{ document: Archive, field: "archiveOffer" }}
      restore={{ document: Restore, field: "restoreOffer" }}
      remove={{ document: Delete, field: "deleteOffer" }}
      effect="It is paused: new clicks on its links go to the fallback URL and are not counted. Conversions of earlier clicks are still recorded."
      comesBack="it is paused until you resume it"
      onDeleted={() => void navigate({ to: "/staff/offers" })}
    />
  );
}
