import type { ReactElement } from "react";

import { cx } from "@/components/ui/cx";
import { formatNumber } from "@/components/ui/format";

export interface Hour {
  at: string;
  delivered: number;
  failed: number;
}

const bar = 3;
const gap = 1;
const height = 20;

/** The last day by the hour: a bar each, what failed on top of what was delivered. */
export function Spark({
  hours,
  className,
}: {
  hours: readonly Hour[];
  className?: string;
}): ReactElement | null {
  const most = Math.max(...hours.map((hour) => hour.delivered + hour.failed));
  if (most <= 0) return null;
  const width = hours.length * (bar + gap) - gap;
  // What is there at all is seen, however much more there is in another hour.
  const tall = (n: number) => (n === 0 ? 0 : Math.max(2, (n / most) * height));
  return (
    <svg
      role="img"
      aria-label={inWords(hours)}
      viewBox={`0 0 ${String(width)} ${String(height)}`}
      preserveAspectRatio="none"
      className={cx("h-5 w-24 shrink-0", className)}
    >
      {hours.map((hour, i) => {
        const x = i * (bar + gap);
        const failed = Math.min(tall(hour.failed), height);
        const delivered = Math.min(tall(hour.delivered), height - failed);
        return (
          <g key={hour.at}>
            {delivered + failed === 0 && (
              <rect x={x} y={height - 1} width={bar} height={1} className="fill-line" />
            )}
            <rect x={x} y={height - delivered} width={bar} height={delivered} className="fill-delivered" />
            <rect x={x} y={height - delivered - failed} width={bar} height={failed} className="fill-failed" />
          </g>
        );
      })}
    </svg>
  );
}

function inWords(hours: readonly Hour[]): string {
  const bad = hours.filter((hour) => hour.failed > 0).length;
  const most = Math.max(...hours.map((hour) => hour.delivered + hour.failed));
  const failures = bad === 0 ? "none with a failure" : `${formatNumber(bad)} with failures`;
  return `The last ${formatNumber(hours.length)} hours, ${failures}, peak ${formatNumber(most)} an hour`;
}
