import { ListFilter, Webhook } from "lucide-react";
import type { ReactElement } from "react";

import { Button, buttonClass } from "@/components/ui/button";
import { plural } from "@/components/ui/format";
import { EmptyState, ErrorState, Note } from "@/components/ui/states";
import type { LiveDeliveries } from "@/live/live-deliveries";

/** What the log says where it has no line. */
export function Nothing({
  live,
  filtered,
  onClear,
  newPostback,
}: {
  live: LiveDeliveries;
  filtered: boolean;
  onClear: () => void;
  newPostback: string;
}): ReactElement {
  if (live.status === "failed") {
    return (
      <ErrorState
        title="The deliveries could not be fetched"
        message={live.error ?? ""}
        onRetry={live.retry}
      />
    );
  }
  if (filtered) {
    return (
      <EmptyState
        icon={ListFilter}
        title="No postback matches"
        action={<Button onPress={onClear}>Clear filters</Button>}
      >
        New matches appear here.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Webhook}
      title="No postbacks sent yet"
      action={
        <a href={newPostback} className={buttonClass("primary")}>
          Create postback
        </a>
      }
    >
      They appear here as conversions arrive.
    </EmptyState>
  );
}

/** Why the log may not show all that happens. */
export function LogNotes({ live }: { live: LiveDeliveries }): ReactElement {
  const { liveError, sampling } = live;
  return (
    <>
      {liveError !== null && live.status === "ready" && (
        <Note tone="retrying" role="status" className="mx-4 mb-2">
          Live updates interrupted: {liveError}
        </Note>
      )}
      {sampling !== null && sampling.missed > 0 && (
        <Note tone="retrying" role="status" className="mx-4 mb-2">
          Too much traffic to show: this is a sample. {sampling.isExact ? "" : "At least "}
          {plural(sampling.missed, "change is", "changes are")} not shown until traffic slows.
        </Note>
      )}
    </>
  );
}
