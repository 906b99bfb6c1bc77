import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import { explain } from "@/graphql/client";

import { AssignForm } from "./crossed-assign";
import { CrossedCampaignsQuery, type Crossing, type CrossingNames, sameTrackers } from "./crossed-query";
import { ShareForm } from "./crossed-share";

/** What to do about trackers that get each other's click ids: choose campaigns for each, or say that it is on purpose. */
export function CrossedDialog({ of, onClose }: { of: CrossingNames; onClose: () => void }): ReactElement {
  const [{ data, error, fetching }, refetch] = useQuery({
    query: CrossedCampaignsQuery,
    requestPolicy: "network-only",
  });
  const [crossing, setCrossing] = useState<Crossing>();
  const found = data?.crossedTrackers.find((one) => sameTrackers(one, of));
  // As it was when the dialog was opened: an answer that comes later takes no choice away.
  if (crossing === undefined && found !== undefined && !fetching) setCrossing(found);
  if (crossing !== undefined) return <Choice crossing={crossing} onClose={onClose} />;
  if (error) {
    return (
      <ErrorState
        title="The campaigns could not be fetched"
        message={explain(error)}
        onRetry={() => {
          refetch({ requestPolicy: "network-only" });
        }}
      />
    );
  }
  if (fetching || data === undefined) return <SkeletonBlock label="Loading the campaigns" />;
  return (
    <div className="flex flex-col gap-4">
      <p>These trackers no longer get each other’s click ids.</p>
      <div className="flex justify-end">
        <Button onPress={onClose}>Close</Button>
      </div>
    </div>
  );
}

type Way = "choose" | "share";

function Choice({ crossing, onClose }: { crossing: Crossing; onClose: () => void }): ReactElement {
  const [way, setWay] = useState<Way>("choose");
  return (
    <div className="flex flex-col gap-4">
      <p className="text-pretty text-muted">
        A click carries the click id of one tracker. The others answer 200 to it too, but do not know the
        click: there the conversion is missing, or not attributed.
      </p>
      <Segmented<Way>
        label="What is right?"
        value={way}
        onChange={setWay}
        choices={[
          { id: "choose", label: "Choose campaigns" },
          { id: "share", label: "It is on purpose" },
        ]}
      />
      {way === "choose" ? (
        <AssignForm crossing={crossing} onClose={onClose} />
      ) : (
        <ShareForm crossing={crossing} onClose={onClose} />
      )}
    </div>
  );
}
