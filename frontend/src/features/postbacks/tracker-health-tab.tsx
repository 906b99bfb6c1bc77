import type { ReactElement } from "react";

import { EndpointPanel, LastDay } from "./health-tab";
import type { Tracker } from "./tracker-parts";

/** How all postbacks of the tracker fare, and the servers that they go to. */
export function TrackerHealthTab({ tracker }: { tracker: Tracker }): ReactElement {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <LastDay
        title="All its postbacks, last 24 hours"
        health={tracker.health}
        log={{ tracker: tracker.id }}
      />
      <div className="flex min-w-0 flex-col gap-4">
        {tracker.endpoints.map((endpoint) => (
          <EndpointPanel key={endpoint.address} title={endpoint.sentTo} endpoint={endpoint} />
        ))}
      </div>
    </div>
  );
}
