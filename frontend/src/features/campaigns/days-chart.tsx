import { type ReactElement, useContext } from "react";

import { cx } from "@/components/ui/cx";
import { formatNumber, formatTime, plural } from "@/components/ui/format";
import { ZoneContext } from "@/components/ui/time";

interface Day {
  from: string;
  clicks: number;
  ftds: number;
}

const bar = 7;
const gap = 3;

/** Clicks and, below them in a scale of their own, first deposits: a bar a day, the last of them today so far. */
export function DaysChart({ days }: { days: readonly Day[] }): ReactElement {
  const zone = useContext(ZoneContext);
  const day = (at: string | undefined) => (at === undefined ? "" : formatTime(new Date(at), "day", zone));
  const says = (d: Day) =>
    `${day(d.from)}: ${plural(d.clicks, "click", "clicks")}, ${plural(d.ftds, "FTD", "FTDs")}`;
  return (
    <figure className="text-xs text-muted">
      <Bars name="Clicks" days={days} of={(d) => d.clicks} says={says} height={64} className="fill-accent" />
      <Bars name="FTDs" days={days} of={(d) => d.ftds} says={says} height={28} className="fill-delivered" />
      <figcaption className="mt-1 flex justify-between">
        <span>{day(days[0]?.from)}</span>
        <span>today</span>
      </figcaption>
    </figure>
  );
}

function Bars({
  name,
  days,
  of,
  says,
  height,
  className,
}: {
  name: string;
  days: readonly Day[];
  of: (day: Day) => number;
  says: (day: Day) => string;
  height: number;
  className: string;
}): ReactElement {
  const most = Math.max(...days.map(of));
  const width = days.length * (bar + gap) - gap;
  return (
    <div className="mt-2 first:mt-0">
      <p className="flex justify-between gap-4">
        <span className="font-medium text-ink">{name}</span>
        <span className="tabular">{most === 0 ? "none" : `peak ${formatNumber(most)} a day`}</span>
      </p>
      <svg
        role="img"
        aria-label={`${name} by day, peak ${formatNumber(most)}`}
        viewBox={`0 0 ${String(width)} ${String(height)}`}
        preserveAspectRatio="none"
        className="mt-1 w-full border-t border-dashed"
        style={{ height }}
      >
        {days.map((d, i) => {
          const n = of(d);
          // What is there at all is seen, however much more there is on another day.
          const tall = n === 0 ? 1 : Math.max(2, (n / most) * height);
          return (
            <rect
              key={d.from}
              x={i * (bar + gap)}
              y={height - tall}
              width={bar}
              height={tall}
              className={cx(n === 0 ? "fill-line" : className)}
            >
              <title>{says(d)}</title>
            </rect>
          );
        })}
      </svg>
    </div>
  );
}
