import type { ReactElement } from "react";

import { reasonInWords } from "@/components/records/reasons";
import { Fact, Facts } from "@/components/ui/facts";
import { formatDuration, formatNumber, formatPercent } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { Time } from "@/components/ui/time";

import type { Postback } from "./one-postback";

/** How the postback fares. */
export function HealthTab({ postback }: { postback: Postback }): ReactElement {
  const { health } = postback;
  return (
    <Panel title="The last 24 hours">
      <Facts>
        <Fact name="Success rate">
          {health.successRate === null ? "Nothing has ended yet" : formatPercent(health.successRate)}
        </Fact>
        <Fact name="Delivered">{formatNumber(health.delivered)}</Fact>
        <Fact name="Failed">{formatNumber(health.failed)}</Fact>
        <Fact name="Waiting">{formatNumber(health.waiting)}</Fact>
        <Fact name="Time to deliver">
          {health.p50Ms === null
            ? "–"
            : `${formatDuration(health.p50Ms)} at the median, ${formatDuration(health.p95Ms ?? health.p50Ms)} at p95`}
        </Fact>
        <Fact name="Last failure">
          {health.lastFailureAt === null ? (
            "None"
          ) : (
            <>
              <Time at={health.lastFailureAt} form="full" />
              {health.lastFailureReason !== null && (
                <span className="text-muted">: {reasonInWords(health.lastFailureReason)}</span>
              )}
            </>
          )}
        </Fact>
      </Facts>
    </Panel>
  );
}
