import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { Archiving } from "@/components/records/archiving";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const Archive = mutation(
  graphql(`
    mutation ArchiveCampaign($input: ArchiveCampaignInput!) {
      archiveCampaign(input: $input) {
        campaign {
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
  "campaigns",
  "postbackGaps",
  "attention",
);

const Restore = mutation(
  graphql(`
    mutation RestoreCampaign($input: RestoreCampaignInput!) {
      restoreCampaign(input: $input) {
        campaign {
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
  "campaigns",
  "postbackGaps",
  "attention",
);

const Delete = mutation(
  graphql(`
    mutation DeleteCampaign($input: DeleteCampaignInput!) {
      deleteCampaign(input: $input) {
        deletedId
        userErrors {
          field
          message
        }
      }
    }
  `),
  "campaigns",
  "postbackGaps",
  "attention",
);

/** Archives a campaign, restores it, or deletes it where nothing uses it. */
export function ArchiveCampaign({
  campaign,
}: {
  campaign: { id: string; name: string; archivedAt: string | null };
}): ReactElement {
  const navigate = useNavigate();
  return (
    <Archiving
      id={campaign.id}
      what="campaign"
      name={campaign.name}
      isArchived={campaign.archivedAt !== null}
      archive={{ document: Archive, field: "archiveCampaign" }}
      restore={{ document: Restore, field: "restoreCampaign" }}
      remove={{ document: Delete, field: "deleteCampaign" }}
      effect="It is paused: new clicks on its link go to the offer's fallback URL and are not counted. Conversions of earlier clicks are still recorded and sent."
      comesBack="it is paused until you resume it"
      onDeleted={() => void navigate({ to: "/campaigns" })}
    />
  );
}
