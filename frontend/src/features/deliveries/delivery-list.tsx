import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import {
  type KeyboardEvent,
  memo,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useRef,
} from "react";

import type { DeliveryRowData } from "@/components/records/delivery-row";
import { Badge, StateBadge, StatusCode } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { formatDuration, formatNumber, shortenId } from "@/components/ui/format";
import { useHotkey } from "@/components/ui/hotkeys";
import { Skeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { useWidth } from "@/components/ui/use-width";

/** How much of a row there is room for. */
type Room = "narrow" | "medium" | "wide";

const heights: Record<Room, number> = { narrow: 56, medium: 32, wide: 32 };

const grids: Record<Exclude<Room, "narrow">, string> = {
  medium: "grid-cols-[7.25rem_6.5rem_minmax(6rem,1fr)_minmax(6rem,1fr)_2.75rem_3.75rem]",
  wide: "grid-cols-[7.25rem_6.5rem_minmax(7rem,1fr)_minmax(8rem,1.4fr)_2.75rem_3.75rem_3rem_minmax(8rem,1.2fr)_7.5rem]",
};

interface DeliveryListProps {
  rows: readonly DeliveryRowData[];
  isStaff: boolean;
  selectedId: string | null;
  hrefOf: (id: string) => string;
  onOpen: (id: string) => void;
  waitingCount: number;
  onShowWaiting: () => void;
  onAtTop: (atTop: boolean) => void;
  hasOlder: boolean;
  isLoadingOlder: boolean;
  onLoadOlder: () => void;
  isLoading: boolean;
}

/** The log's lines. Only those in sight exist; the rest is height. */
export function DeliveryList(props: DeliveryListProps): ReactElement {
  const { rows, selectedId, onOpen, onAtTop, hasOlder, isLoadingOlder, onLoadOlder } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const room: Room = width === 0 || width >= 960 ? "wide" : width >= 600 ? "medium" : "narrow";
  const height = heights[room];
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
    const step = e.key === "ArrowDown" ? 1 : e.key === "ArrowUp" ? -1 : 0;
    if (step === 0) return;
    const from = rows.findIndex((row) => row.id === (e.target as HTMLElement).dataset["row"]);
    const to = from === -1 ? 0 : Math.min(Math.max(from + step, 0), rows.length - 1);
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
        <div className="pointer-events-none absolute inset-x-0 top-10 z-20 flex justify-center">
          <Button
            look="primary"
            size="sm"
            icon={ArrowUp}
            onPress={showWaiting}
            className="pointer-events-auto rounded-full shadow-overlay"
          >
            {formatNumber(props.waitingCount)} new
          </Button>
        </div>
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
          <Head room={room} />
          {props.isLoading ? (
            <LoadingRows room={room} />
          ) : (
            <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
              {items.map((item) => {
                const row = rows[item.index];
                return (
                  row && (
                    <Row
                      key={item.key}
                      row={row}
                      room={room}
                      index={item.index}
                      top={item.start}
                      isStaff={props.isStaff}
                      isSelected={row.id === selectedId}
                      href={props.hrefOf(row.id)}
                      onOpen={onOpen}
                    />
                  )
                );
              })}
            </div>
          )}
        </div>
        {!props.isLoading && (
          <p role="status" className="px-4 py-3 text-center text-xs text-muted">
            {isLoadingOlder ? "Fetching older ones…" : hasOlder ? "" : "That is all there is."}
          </p>
        )}
      </div>
    </div>
  );
}

function Head({ room }: { room: Room }): ReactElement {
  const names =
    room === "wide"
      ? ["Time", "State", "Goal", "Campaign", "Code", "Took", "Tries", "Host", "Click id"]
      : ["Time", "State", "Goal", "Campaign", "Code", "Took"];
  return (
    <div
      role="rowgroup"
      className={cx("sticky top-0 z-10 border-b bg-canvas", room === "narrow" && "sr-only")}
    >
      <div
        role="row"
        className={cx("grid h-8 items-center gap-x-3 px-4", grids[room === "narrow" ? "medium" : room])}
      >
        {names.map((name) => (
          <span
            key={name}
            role="columnheader"
            className={cx(
              "text-xs font-medium text-muted",
              (name === "Took" || name === "Tries") && "text-right",
            )}
          >
            {name}
          </span>
        ))}
      </div>
    </div>
  );
}

function Cell({ children, className }: { children: ReactNode; className?: string }): ReactElement {
  return (
    <span role="cell" className={cx("min-w-0 truncate", className)}>
      {children}
    </span>
  );
}

interface RowProps {
  row: DeliveryRowData;
  room: Room;
  index: number;
  top: number;
  isStaff: boolean;
  isSelected: boolean;
  href: string;
  onOpen: (id: string) => void;
}

const Row = memo(function Row(props: RowProps): ReactElement {
  const { row, room, index, top, isSelected } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-selected={isSelected || undefined}
      className="absolute inset-x-0 border-b hover:bg-hover data-[selected]:bg-accent-soft"
      style={{ height: heights[room], transform: `translateY(${String(top)}px)` }}
    >
      {room === "narrow" ? <NarrowCells {...props} /> : <WideCells {...props} room={room} key={row.id} />}
    </div>
  );
});

/** The row's link, over the whole row. A plain anchor: forty router links that change ten times a second cost too much. */
function Open({ row, href, onOpen, isSelected, children }: RowProps & { children: ReactNode }): ReactElement {
  const onClick = (e: MouseEvent) => {
    if (e.metaKey || e.ctrlKey || e.shiftKey || e.button !== 0) return;
    e.preventDefault();
    onOpen(row.id);
  };
  return (
    <a
      href={href}
      data-row={row.id}
      aria-current={isSelected ? "true" : undefined}
      onClick={onClick}
      className="no-underline after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
    >
      {children}
    </a>
  );
}

function goalName(row: DeliveryRowData): ReactElement {
  return (
    <>
      {row.goal.name}
      {row.status !== "APPROVED" && <span className="text-muted"> · {row.status.toLowerCase()}</span>}
      {row.test && (
        <span className="ml-1.5">
          <Badge tone="accent">Test</Badge>
        </span>
      )}
    </>
  );
}

function place(row: DeliveryRowData, isStaff: boolean): string {
  const campaign = row.campaign?.name ?? "Default link";
  return isStaff ? `${row.affiliate.name} · ${campaign}` : campaign;
}

function WideCells(props: RowProps & { room: "medium" | "wide" }): ReactElement {
  const { row, room, isStaff } = props;
  return (
    <div className={cx("grid h-full items-center gap-x-3 px-4", grids[room])}>
      <Cell className="tabular text-muted">
        <Open {...props}>
          <Time at={row.createdAt} form="time" />
        </Open>
      </Cell>
      <Cell>
        <StateBadge state={row.state} plain />
      </Cell>
      <Cell>{goalName(row)}</Cell>
      <Cell className="text-muted">{place(row, isStaff)}</Cell>
      <Cell>
        <StatusCode code={row.statusCode} />
      </Cell>
      <Cell className="tabular text-right text-muted">
        {row.durationMs === null ? "–" : formatDuration(row.durationMs)}
      </Cell>
      {room === "wide" && (
        <>
          <Cell className={cx("tabular text-right", row.attemptCount > 1 ? "text-retrying" : "text-muted")}>
            {row.attemptCount}
          </Cell>
          <Cell className="font-mono text-sm text-muted">{row.host}</Cell>
          <Cell className="font-mono text-sm text-muted">
            {row.clickId === null ? "–" : <span title={row.clickId}>{shortenId(row.clickId)}</span>}
          </Cell>
        </>
      )}
    </div>
  );
}

function NarrowCells(props: RowProps): ReactElement {
  const { row, isStaff } = props;
  return (
    <div className="flex h-full flex-col justify-center gap-0.5 px-4">
      <div className="flex items-center justify-between gap-3">
        <Cell className="font-medium">
          <Open {...props}>{goalName(row)}</Open>
        </Cell>
        <Cell className="shrink-0 text-sm">
          <StateBadge state={row.state} plain />
        </Cell>
      </div>
      <div className="flex items-center justify-between gap-3 text-sm text-muted">
        <Cell>{place(row, isStaff)}</Cell>
        <Cell className="flex shrink-0 items-center gap-2">
          {row.statusCode !== null && <StatusCode code={row.statusCode} />}
          <Time at={row.createdAt} form="time" />
        </Cell>
      </div>
    </div>
  );
}

function LoadingRows({ room }: { room: Room }): ReactElement {
  return (
    <div role="rowgroup" aria-hidden>
      {Array.from({ length: 14 }, (_, i) => (
        <div
          key={i}
          className={cx(
            "grid items-center gap-x-3 border-b px-4",
            grids[room === "narrow" ? "medium" : room],
          )}
          style={{ height: heights[room] }}
        >
          <Skeleton />
          <Skeleton className="w-4/5" />
          <Skeleton className={i % 3 === 0 ? "w-2/5" : "w-3/5"} />
          <Skeleton className="w-1/2" />
        </div>
      ))}
    </div>
  );
}
