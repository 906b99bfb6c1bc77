import { useVirtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactElement, useEffect, useMemo, useRef } from "react";

import { cx } from "@/components/ui/cx";
import { NewRows } from "@/components/ui/new-rows";
import { useHotkey } from "@/components/ui/hotkeys";
import { Skeleton } from "@/components/ui/skeleton";
import { useWidth } from "@/components/ui/use-width";
import type { DeliveryRowData } from "@/live/delivery-row";

import { heights, lineClass, type Room, Row, type Shape, shapeOf } from "./delivery-rows";

interface DeliveryListProps {
  rows: readonly DeliveryRowData[];
  isStaff: boolean;
  /** Columns in which a filter makes all rows equal. */
  same: readonly string[];
  selectedId: string | null;
  hrefOf: (id: string) => string;
  onOpen: (id: string) => void;
  picked: ReadonlySet<string>;
  onPick: (id: string, range: boolean) => void;
  waitingCount: number;
  onShowWaiting: () => void;
  onAtTop: (atTop: boolean) => void;
  hasOlder: boolean;
  isLoadingOlder: boolean;
  onLoadOlder: () => void;
  isLoading: boolean;
}

/** The row that an arrow leads to; -1 for any other key. */
function stepTo(e: KeyboardEvent, rows: readonly DeliveryRowData[]): number {
  const step = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return -1;
  const from = rows.findIndex((row) => row.id === (e.target as HTMLElement).dataset["row"]);
  return from === -1 ? 0 : Math.min(Math.max(from + step, 0), rows.length - 1);
}

/** The log's lines. Only those in sight exist; the rest is height. */
export function DeliveryList(props: DeliveryListProps): ReactElement {
  const { rows, selectedId, onOpen, onAtTop, hasOlder, isLoadingOlder, onLoadOlder } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const room: Room = width === 0 || width >= 1130 ? "wide" : width >= 664 ? "medium" : "narrow";
  const height = heights[room];
  const same = props.same.join();
  const shape = useMemo(() => shapeOf(room, same.split(",")), [room, same]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (i) => rows[i]?.id ?? i,
    overscan: 10,
  });
  useEffect(() => {
    virtual.measure();
  }, [virtual, height]);

  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasOlder && !isLoadingOlder && rows.length > 0 && lastShown >= rows.length - 20) onLoadOlder();
  }, [hasOlder, isLoadingOlder, lastShown, rows.length, onLoadOlder]);

  const showWaiting = () => {
    props.onShowWaiting();
    scroller.current?.scrollTo({ top: 0 });
  };
  useHotkey("n", () => {
    if (props.waitingCount > 0) showWaiting();
  });

  /** Moves the focus along the rows; the browser's own Enter opens. */
  const onKeyDown = (e: KeyboardEvent) => {
    const to = stepTo(e, rows);
    const id = rows[to]?.id;
    if (id === undefined) return;
    e.preventDefault();
    virtual.scrollToIndex(to);
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus();
    });
    if (selectedId !== null) onOpen(id);
  };

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {props.waitingCount > 0 && (
        <NewRows count={props.waitingCount} onShow={showWaiting} className="absolute inset-x-0 top-10" />
      )}
      <div
        ref={scroller}
        onScroll={(e) => {
          onAtTop(e.currentTarget.scrollTop < 4);
        }}
        className="scroll-thin min-h-0 flex-1 overflow-x-hidden overflow-y-auto"
      >
        <div
          role="table"
          aria-label="Deliveries, newest first"
          aria-rowcount={hasOlder ? -1 : rows.length + 1}
          aria-busy={props.isLoading}
          onKeyDown={onKeyDown}
        >
          <Head room={room} shape={shape} />
          {props.isLoading ? (
            <LoadingRows room={room} shape={shape} />
          ) : (
            <Lines {...props} items={items} height={virtual.getTotalSize()} room={room} shape={shape} />
          )}
        </div>
        {!props.isLoading && (
          <p role="status" className="px-4 py-3 text-center text-xs text-muted">
            {isLoadingOlder ? "Loading older…" : hasOlder ? "" : "End of list"}
          </p>
        )}
      </div>
    </div>
  );
}

/** The rows in sight, each where it belongs in the whole height. */
function Lines({
  items,
  height,
  room,
  shape,
  ...props
}: DeliveryListProps & {
  items: readonly VirtualItem[];
  height: number;
  room: Room;
  shape: Shape;
}): ReactElement {
  return (
    <div role="rowgroup" className="relative" style={{ height: height }}>
      {items.map((item) => {
        const row = props.rows[item.index];
        return (
          row && (
            <Row
              key={item.key}
              row={row}
              room={room}
              shape={shape}
              index={item.index}
              top={item.start}
              isStaff={props.isStaff}
              isSelected={row.id === props.selectedId}
              href={props.hrefOf(row.id)}
              onOpen={props.onOpen}
              isPicked={props.picked.has(row.id)}
              onPick={props.onPick}
            />
          )
        );
      })}
    </div>
  );
}

function Head({ room, shape }: { room: Room; shape: Shape }): ReactElement {
  return (
    <div
      role="rowgroup"
      className={cx("sticky top-0 z-10 border-b bg-canvas", room === "narrow" && "sr-only")}
    >
      <div role="row" className={cx(lineClass, "h-8")} style={shape.style}>
        {shape.columns.map(({ name, className }) => (
          <span key={name} role="columnheader" className={cx(className, "text-xs font-medium text-muted")}>
            {name === "Selected" ? <span className="sr-only">{name}</span> : name}
          </span>
        ))}
      </div>
    </div>
  );
}

function LoadingRows({ room, shape }: { room: Room; shape: Shape }): ReactElement {
  return (
    <div role="rowgroup" aria-hidden>
      {Array.from({ length: 14 }, (_, i) => (
        <div key={i} className={cx(lineClass, "border-b")} style={{ ...shape.style, height: heights[room] }}>
          <span />
          <Skeleton />
          <Skeleton className="w-3/5" />
          <Skeleton className="w-3/5" />
          <Skeleton className="w-3/5" />
        </div>
      ))}
    </div>
  );
}
