import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { Archiving } from "@/components/records/archiving";
import { plural } from "@/components/ui/format";

import { ArchiveTracker as Archive, DeleteTracker, RestoreTracker, type Tracker } from "./tracker-parts";

/** Archives a tracker, restores it, or deletes it where it was never sent anything. */
export function ArchiveTracker({ tracker }: { tracker: Tracker }): ReactElement {
  const navigate = useNavigate();
  const { postbacks, allCampaigns, chosenCampaigns } = tracker;
  const campaigns = allCampaigns
    ? "no longer has all campaigns"
    : `gives up ${plural(chosenCampaigns.length, "campaign", "campaigns")}`;
  return (
    <Archiving
      id={tracker.id}
      what="tracker"
      name={tracker.name}
      isArchived={tracker.archivedAt !== null}
      archive={{ document: Archive, field: "archiveTracker" }}
      restore={{ document: RestoreTracker, field: "restoreTracker" }}
      remove={{ document: DeleteTracker, field: "deleteTracker" }}
      effect={`It is no longer called: ${plural(postbacks.length, "postback is", "postbacks are")} deleted, and it ${campaigns}. To pause it, switch its goals off instead.`}
      comesBack="its goals are off until you switch them on"
      onDeleted={() => void navigate({ to: "/postbacks" })}
    />
  );
}
