import "uplot/dist/uPlot.min.css";

import { type ReactElement, useEffect, useRef } from "react";
import UPlot from "uplot";

import { stackBars } from "./bars";
import type { Series } from "./chart";
import { formatNumber } from "./format";
import { useShownTheme } from "./theme";
import { useWidth } from "./use-width";

interface PlotProps {
  /** Stacked, the first at the ground. */
  series: readonly Series[];
  height: number;
  /** Below the bars; null for none. */
  labels: readonly string[] | null;
  /** The bar that is looked at. */
  index: number | null;
  onIndex: (index: number | null) => void;
}

const axisWidth = 40;
const labelHeight = 20;

/** The bars of one scale, drawn by uPlot: see chart.tsx. */
export function Plot({ series, height, labels, index, onIndex }: PlotProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const theme = useShownTheme();
  const plot = useRef<UPlot>(null);

  useEffect(() => {
    if (!frame.current || width === 0) return;
    const tops = stackBars(
      series.map(({ values }) => values),
      height - (labels ? labelHeight : 8) - 6,
    );
    const options = plotOptions({ series, labels, onIndex, colours: getComputedStyle(frame.current) });
    const data: UPlot.AlignedData = [
      (tops[0] ?? []).map((_, i) => i),
      // The tallest first: the ones below are drawn over it.
      ...tops.toReversed(),
    ];
    plot.current = new UPlot({ ...options, width, height }, data, frame.current);
    return () => {
      plot.current?.destroy();
      plot.current = null;
    };
  }, [series, height, labels, width, theme, onIndex]);

  // Whoever moves over one of several charts, or with the arrow keys, moves over all of them.
  useEffect(() => {
    const u = plot.current;
    if (!u || (u.cursor.idx ?? null) === index) return;
    const left = index === null ? -10 : u.valToPos(index, "x");
    u.setCursor({ left, top: index === null ? -10 : 0 }, false);
  }, [index, width, theme]);

  return <div ref={frame} aria-hidden className="size-full [&_.u-cursor-x]:border-ink!" />;
}

function plotOptions({
  series,
  labels,
  onIndex,
  colours,
}: Pick<PlotProps, "series" | "labels" | "onIndex"> & { colours: CSSStyleDeclaration }): Omit<
  UPlot.Options,
  "width" | "height"
> {
  const colour = (name: string) => colours.getPropertyValue(`--${name}`).trim();
  const count = series[0]?.values.length ?? 0;
  const axis: UPlot.Axis = {
    stroke: colour("muted"),
    font: `11px ${colours.fontFamily}`,
    ticks: { show: false },
    gap: 6,
  };
  return {
    legend: { show: false },
    padding: [6, 16, labels ? 0 : 8, 0],
    scales: {
      x: { time: false, range: [-0.5, count - 0.5] },
      y: { range: (_, _least, most) => [0, most === 0 ? 1 : most] },
    },
    axes: [
      {
        ...axis,
        show: labels !== null,
        size: labelHeight,
        grid: { show: false },
        space: 64,
        incrs: [1, 2, 3, 4, 5, 6, 7, 10, 14],
        values: (_, splits) => splits.map((i) => labels?.[i] ?? ""),
      },
      {
        ...axis,
        size: axisWidth,
        space: 22,
        grid: { stroke: colour("line"), width: 1 },
        incrs: wholeSteps,
        values: (_, splits) => splits.map(formatNumber),
      },
    ],
    series: [
      {},
      ...series.toReversed().map(({ name, hue }) => ({
        label: name,
        fill: colour(hue),
        width: 0,
        points: { show: false },
        ...(bars && { paths: bars }),
      })),
    ],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: false, y: false, setScale: false },
    },
    hooks: {
      ready: [
        // Not by the hook setCursor: it also fires for what uPlot does by itself, and the keyboard's place would be lost.
        (u) => {
          const { over } = u;
          const onPoint = ({ offsetX }: PointerEvent) => {
            onIndex(u.posToIdx(offsetX));
          };
          over.addEventListener("pointermove", onPoint);
          over.addEventListener("pointerdown", onPoint);
          over.addEventListener("pointerleave", () => {
            onIndex(null);
          });
        },
      ],
    },
  };
}

const bars = UPlot.paths.bars?.({ size: [0.7, 40] });

/** 1, 2, 5, 10, 20 …: clicks are not counted in halves. */
const wholeSteps = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat();
