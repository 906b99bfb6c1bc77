import { memo, type MouseEvent, type ReactElement, type ReactNode } from "react";

import type { DeliveryRowData } from "@/components/records/delivery-row";
import { ParamEnd } from "@/components/records/param";
import { Badge, StateBadge, StatusCode } from "@/components/ui/badge";
import { cx } from "@/components/ui/cx";
import { formatDuration } from "@/components/ui/format";
import { Time } from "@/components/ui/time";

/** How much of a row there is room for. */
export type Room = "narrow" | "medium" | "wide";

export const heights: Record<Room, number> = { narrow: 56, medium: 32, wide: 32 };

export const grids: Record<Exclude<Room, "narrow">, string> = {
  medium: "grid-cols-[1rem_7rem_12.25rem_minmax(6rem,1fr)_minmax(5rem,1fr)_2.5rem]",
  wide: "grid-cols-[1rem_7rem_12.25rem_minmax(7.75rem,1fr)_minmax(8rem,1.4fr)_2.75rem_3.75rem_3.75rem_minmax(8rem,1.2fr)_7.5rem]",
};

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
  isPicked: boolean;
  /** Picks or drops the row; with `range`, everything up to the one before. */
  onPick: (id: string, range: boolean) => void;
}

/** One line of the log, drawn anew only when it is another. */
export const Row = memo(function Row(props: RowProps): ReactElement {
  const { row, room, index, top, isSelected } = props;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-selected={isSelected || props.isPicked || undefined}
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
      <Cell className="relative z-10 flex">
        <input
          type="checkbox"
          aria-label={`Select the delivery of ${row.goal.name}`}
          checked={props.isPicked}
          readOnly
          onClick={(e) => {
            props.onPick(row.id, e.shiftKey);
          }}
          className="size-3.5 accent-(--accent)"
        />
      </Cell>
      <Cell className="tabular text-muted">
        <Open {...props}>
          <Time at={row.createdAt} form="time" />
        </Open>
      </Cell>
      <Cell>
        <StateBadge state={row.state} replay={row.supersededBy} warning={row.warning} plain />
      </Cell>
      <Cell>{goalName(row)}</Cell>
      <Cell className="text-muted">{place(row, isStaff)}</Cell>
      <Cell>
        <StatusCode code={row.statusCode} />
      </Cell>
      {room === "wide" && (
        <>
          <Cell className="tabular text-right text-muted">
            {row.durationMs === null ? "–" : formatDuration(row.durationMs)}
          </Cell>
          <Cell className={cx("tabular text-right", row.attemptCount > 1 ? "text-retrying" : "text-muted")}>
            {row.attemptCount}
          </Cell>
          <Cell className="font-mono text-sm text-muted">{row.host}</Cell>
          <Cell className="text-muted">
            <ParamEnd value={row.click?.param1} />
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
          <StateBadge state={row.state} replay={row.supersededBy} warning={row.warning} plain />
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
