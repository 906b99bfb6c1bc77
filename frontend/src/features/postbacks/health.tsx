import type { ReactElement } from "react";

import { cx } from "@/components/ui/cx";
import { formatNumber, formatPercent } from "@/components/ui/format";

interface Counts {
  delivered: number;
  failed: number;
  waiting: number;
  successRate: number | null;
}

/** The last 24 hours in one line: a rate, and how many of what. */
export function HealthLine({ health }: { health: Counts }): ReactElement {
  const { delivered, failed, waiting, successRate } = health;
  if (delivered + failed + waiting === 0) return <span className="text-faint">Nothing in 24 hours</span>;
  return (
    <span className="tabular flex flex-wrap items-baseline gap-x-2">
      {successRate !== null && (
        <span
          className={cx(
            "font-medium",
            successRate >= 0.99 ? "text-delivered" : successRate >= 0.9 ? "text-retrying" : "text-failed",
          )}
        >
          {formatPercent(successRate)}
        </span>
      )}
      <span className="text-muted">
        {[
          `${formatNumber(delivered)} delivered`,
          failed > 0 && `${formatNumber(failed)} failed`,
          waiting > 0 && `${formatNumber(waiting)} waiting`,
        ]
          .filter(Boolean)
          .join(", ")}
      </span>
    </span>
  );
}
