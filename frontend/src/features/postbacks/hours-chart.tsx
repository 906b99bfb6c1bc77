import { type ReactElement, useMemo } from "react";

import { Chart } from "@/components/ui/chart";

import type { Hour } from "./spark";

/** The last day by the hour: what was delivered, and what failed on top of it. */
export function HoursChart({ hours }: { hours: readonly Hour[] }): ReactElement | null {
  const { at, panes } = useMemo(
    () => ({
      at: hours.map((hour) => hour.at),
      panes: [
        {
          height: 110,
          series: [
            { name: "Delivered", hue: "delivered" as const, values: hours.map((hour) => hour.delivered) },
            { name: "Failed", hue: "failed" as const, values: hours.map((hour) => hour.failed) },
          ],
        },
      ],
    }),
    [hours],
  );
  if (hours.every((hour) => hour.delivered + hour.failed === 0)) return null;
  return (
    <div className="mb-4">
      <Chart label="Postbacks by hour" at={at} form="hour" panes={panes} />
    </div>
  );
}
