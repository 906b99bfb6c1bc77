import { lazy, type ReactElement, Suspense, useContext } from "react";
import { OverlayTriggerStateContext } from "react-aria-components";

import { FilterFrame } from "./filter-menu";
import type { Period } from "./period";
import { loadDays } from "./use-period";

const Panel = lazy(() =>
  Promise.all([import("./date-range-panel"), loadDays()]).then(([m]) => ({ default: m.DateRangePanel })),
);
const Name = lazy(() =>
  loadDays().then((m) => ({ default: ({ of }: { of: Period }) => <>{m.nameOfPeriod(of)}</> })),
);

interface DateRangeProps {
  /** A page's search parameters may say more: only the period is read. */
  value: Period;
  onChange: (period: Period) => void;
}

/** Narrows a list to a span of time, or to days of the user's zone. */
export function DateRange({ value: { range, from, to }, onChange }: DateRangeProps): ReactElement {
  const period = { range, from, to };
  const set = (next: Period) => {
    onChange({ range: undefined, from: undefined, to: undefined, ...next });
  };
  return (
    <FilterFrame
      name="Dates"
      opens="dialog"
      value={
        range === undefined && from === undefined && to === undefined ? null : (
          <Suspense fallback="…">
            <Name of={period} />
          </Suspense>
        )
      }
      onClear={() => {
        set({});
      }}
    >
      <Suspense fallback={<p className="px-2 py-1">Loading…</p>}>
        <ClosingPanel value={period} onChange={set} />
      </Suspense>
    </FilterFrame>
  );
}

/** The popover is the dialog itself: one within it would leave the buttons that dismiss it outside. */
function ClosingPanel({ value, onChange }: DateRangeProps): ReactElement {
  const overlay = useContext(OverlayTriggerStateContext);
  return (
    <Panel
      value={value}
      onChange={(next) => {
        onChange(next);
        overlay?.close();
      }}
    />
  );
}
