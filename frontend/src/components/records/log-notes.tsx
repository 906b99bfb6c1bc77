import type { ReactElement } from "react";

import { plural } from "@/components/ui/format";
import { Note } from "@/components/ui/states";
import type { Live } from "@/live/use-live-log";

/** Why a live list may not show all that happens. */
export function LogNotes({ live }: { live: Live<unknown> }): ReactElement {
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
