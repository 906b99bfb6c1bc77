import { type KeyboardEvent, lazy, type ReactElement, Suspense, useContext, useMemo, useState } from "react";

import { cx } from "./cx";
import { formatNumber, formatTime, type TimeForm } from "./format";
import { type Column, Table } from "./table";
import { ZoneContext } from "./time";

export type Hue = "accent" | "delivered" | "failed";

export interface Series {
  /** "Clicks". */
  name: string;
  hue: Hue;
  /** One for each bar. */
  values: readonly number[];
}

interface ChartProps {
  /** What it shows: "Clicks and FTDs by day". */
  label: string;
  /** When each bar begins, as ISO times. */
  at: readonly string[];
  form: Extract<TimeForm, "date" | "hour">;
  /** One below the other, each with a scale of its own and its series stacked. What has no values is not drawn. */
  panes: readonly { height: number; series: readonly Series[] }[];
}

// The library comes with the first chart.
const Plot = lazy(() => import("./plot").then((m) => ({ default: m.Plot })));

const swatches: Record<Hue, string> = {
  accent: "bg-accent",
  delivered: "bg-delivered",
  failed: "bg-failed",
};

/**
 * Bars over time. The values of a bar are shown while it is pointed at, or reached with the arrow keys; without one, the sums of
 * all. The same is there as a table.
 */
export function Chart({ label, at, form, panes }: ChartProps): ReactElement {
  const zone = useContext(ZoneContext);
  const [index, setIndex] = useState<number | null>(null);
  const last = at.length - 1;
  const labels = useMemo(
    () => at.map((moment) => formatTime(new Date(moment), form, zone)),
    [at, form, zone],
  );
  const when = (i: number) => labels[i] ?? "";
  const series = panes.flatMap((pane) => pane.series);
  const drawn = panes.filter((pane) => pane.series.some(({ values }) => values.some((value) => value > 0)));
  const shown = Math.min(index ?? last, last);

  const onKeyDown = (e: KeyboardEvent) => {
    const to = { ArrowLeft: shown - 1, ArrowRight: shown + 1, Home: 0, End: last }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    setIndex(Math.max(0, Math.min(last, to)));
  };

  return (
    <figure className="text-xs text-muted">
      <figcaption className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5">
        <span className="tabular min-w-16 font-medium text-ink">
          {index === null ? "In all" : when(shown)}
        </span>{" "}
        {series.map(({ name, hue, values }) => (
          <span key={name} className="flex items-center gap-1">
            <span aria-hidden className={cx("size-2 rounded-xs", swatches[hue])} />
            {name}{" "}
            <span className="tabular font-medium text-ink">
              {formatNumber(index === null ? sum(values) : (values[shown] ?? 0))}
            </span>
          </span>
        ))}
      </figcaption>
      <div
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={1}
        aria-valuemax={at.length}
        aria-valuenow={shown + 1}
        aria-valuetext={`${when(shown)}: ${series.map((s) => `${s.name} ${formatNumber(s.values[shown] ?? 0)}`).join(", ")}`}
        onKeyDown={onKeyDown}
        onFocus={() => {
          setIndex(shown);
        }}
        onBlur={() => {
          setIndex(null);
        }}
        className="mt-2 flex flex-col gap-1 rounded-md"
      >
        {drawn.map((pane, i) => (
          <div key={pane.series[0]?.name} style={{ height: pane.height }} className="overflow-hidden">
            <Suspense>
              <Plot
                series={pane.series}
                height={pane.height}
                labels={i === drawn.length - 1 ? labels : null}
                index={index}
                onIndex={setIndex}
              />
            </Suspense>
          </div>
        ))}
      </div>
      <details className="mt-1">
        <summary className="w-fit cursor-pointer py-1 hover:text-ink">As a table</summary>
        <div className="mt-1 border-y text-sm text-ink">
          <ValueTable label={label} labels={labels} form={form} series={series} />
        </div>
      </details>
    </figure>
  );
}

function ValueTable({
  label,
  labels,
  form,
  series,
}: Pick<ChartProps, "label" | "form"> & {
  labels: readonly string[];
  series: readonly Series[];
}): ReactElement {
  const columns: Column<number>[] = [
    { id: "at", header: form === "date" ? "Day" : "Hour", lead: true, cell: (i) => labels[i] },
    ...series.map(({ name, values }): Column<number> => ({
      id: name,
      header: name,
      label: name,
      align: "right",
      cell: (i) => formatNumber(values[i] ?? 0),
    })),
  ];
  // The newest first, as in every list.
  const rows = labels.map((_, i) => labels.length - 1 - i);
  return <Table label={label} columns={columns} rows={rows} rowId={String} />;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
