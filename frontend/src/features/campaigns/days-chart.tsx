import { type ReactElement, useMemo } from "react";

import { Chart, type Series } from "@/components/ui/chart";

interface Day {
  from: string;
  clicks: number;
  ftds: number;
}

/** Clicks and, below them in a scale of their own, first deposits: a bar a day, the last of them today so far. */
export function DaysChart({ days }: { days: readonly Day[] }): ReactElement {
  const { at, panes } = useMemo(() => {
    const clicks: Series = { name: "Clicks", hue: "accent", values: days.map((day) => day.clicks) };
    const ftds: Series = { name: "FTDs", hue: "delivered", values: days.map((day) => day.ftds) };
    return {
      at: days.map((day) => day.from),
      panes: [
        { height: 90, series: [clicks] },
        { height: 74, series: [ftds] },
      ],
    };
  }, [days]);
  return <Chart label="Clicks and FTDs by day" at={at} form="date" panes={panes} />;
}
