import { useNavigate } from "@tanstack/react-router";
import { Archive } from "lucide-react";
import { type ReactElement, useState } from "react";

import { useAction } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { plural } from "@/components/ui/format";
import { toast } from "@/components/ui/toast";

import { ArchiveTracker as ArchiveMutation, type Tracker } from "./tracker-parts";

/** Archives a tracker after it was said what that means. */
export function ArchiveTracker({ tracker }: { tracker: Tracker }): ReactElement {
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const { isRunning, run } = useAction(ArchiveMutation, "archiveTracker");
  const { name, postbacks, allCampaigns, chosenCampaigns } = tracker;

  const confirm = async () => {
    const isDone = (await run({ id: tracker.id })) !== null;
    setAsking(false);
    if (!isDone) return;
    toast(`Archived ${name}`);
    await navigate({ to: "/postbacks" });
  };

  const campaigns = allCampaigns
    ? "no longer has all campaigns"
    : `gives up ${plural(chosenCampaigns.length, "campaign", "campaigns")}`;
  return (
    <>
      <Button
        writes
        icon={Archive}
        onPress={() => {
          setAsking(true);
        }}
      >
        Archive
      </Button>
      <Confirm
        title="Archive tracker"
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => void confirm()}
        action="Archive tracker"
        danger
        isPending={isRunning}
      >
        {name} is no longer called: {plural(postbacks.length, "postback is", "postbacks are")} deleted, and it{" "}
        {campaigns}. Postbacks already sent stay in the log. To pause it, switch its goals off instead.
      </Confirm>
    </>
  );
}
