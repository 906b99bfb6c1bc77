import { type CSSProperties, memo, type MouseEvent, type ReactElement, type ReactNode } from "react";

import { ParamEnd } from "@/components/records/param";
import { Badge, StateBadge, StatusCode } from "@/components/ui/badge";
import { cx } from "@/components/ui/cx";
import { formatDuration } from "@/components/ui/format";
import { Time } from "@/components/ui/time";
import type { DeliveryRowData } from "@/live/delivery-row";

/** How much of a row there is room for. */
export type Room = "narrow" | "medium" | "wide";

export const heights: Record<Room, number> = { narrow: 56, medium: 32, wide: 32 };

function Cell({
  children,
  className,
}: {
  children: ReactNode;
  className?: string | undefined;
}): ReactElement {
  return (
    <span role="cell" className={cx("min-w-0 truncate", className)}>
      {children}
    </span>
  );
}

interface RowProps {
  row: DeliveryRowData;
  room: Room;
  shape: Shape;
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
      {room === "narrow" ? <NarrowCells {...props} /> : <WideCells {...props} key={row.id} />}
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

/** The postback by its name, where it has one, its tracker, and where it is sent: each word once. */
function target({ postback, sentTo }: DeliveryRowData): string {
  const words = [postback?.name, postback?.tracker?.name, sentTo].filter(Boolean);
  return [...new Set(words)].join(" · ");
}

interface LogColumn {
  name: string;
  width: string;
  className?: string;
  cell: (props: RowProps) => ReactNode;
}

const columns: readonly LogColumn[] = [
  {
    name: "Selected",
    width: "1rem",
    className: "relative z-10 flex",
    cell: (props) => <Picked {...props} />,
  },
  {
    name: "Time",
    width: "7rem",
    className: "tabular text-muted",
    cell: (props) => (
      <Open {...props}>
        <Time at={props.row.createdAt} form="time" />
      </Open>
    ),
  },
  { name: "State", width: "12.25rem", cell: ({ row }) => stateOf(row) },
  { name: "Goal", width: "minmax(6rem,1fr)", cell: ({ row }) => goalName(row) },
  {
    name: "Campaign",
    width: "minmax(5rem,1fr)",
    className: "text-muted",
    cell: ({ row, isStaff }) => place(row, isStaff),
  },
  { name: "Postback", width: "minmax(9rem,1.6fr)", className: "text-muted", cell: ({ row }) => target(row) },
  { name: "Code", width: "2.75rem", cell: ({ row }) => <StatusCode code={row.statusCode} /> },
  {
    name: "Duration",
    width: "3.75rem",
    className: "tabular text-right text-muted",
    cell: ({ row }) => (row.durationMs === null ? "–" : formatDuration(row.durationMs)),
  },
  {
    name: "Attempts",
    width: "3.75rem",
    className: "tabular text-right text-muted",
    cell: ({ row }) =>
      row.attemptCount > 1 ? <span className="text-retrying">{row.attemptCount}</span> : row.attemptCount,
  },
  {
    name: "param_1",
    width: "7.5rem",
    className: "text-muted",
    cell: ({ row }) => <ParamEnd value={row.click?.param1} />,
  },
];

/** The columns that there are, and the grid that they make. */
export interface Shape {
  columns: readonly LogColumn[];
  style: CSSProperties;
  has: (name: string) => boolean;
}

/** Without `same`, what a filter makes equal in all rows. Where there is less room, one column tells where it went. */
export function shapeOf(room: Room, same: readonly string[]): Shape {
  const left = columns.filter(({ name }) => !same.includes(name));
  const whereTo = left.findIndex(({ name }) => name === "Campaign" || name === "Postback");
  const shown =
    room === "wide" ? left : left.filter(({ name }, i) => i < 4 || i === whereTo || name === "Code");
  return {
    columns: shown,
    style: { gridTemplateColumns: shown.map(({ width }) => width).join(" ") },
    has: (name) => left.some((column) => column.name === name),
  };
}

export const lineClass = "grid items-center gap-x-3 px-4";

function stateOf(row: DeliveryRowData): ReactElement {
  return <StateBadge state={row.state} replay={row.supersededBy} warning={row.warning} plain />;
}

function Picked({ row, isPicked, onPick }: RowProps): ReactElement {
  return (
    <input
      type="checkbox"
      aria-label={`Select the delivery of ${row.goal.name}`}
      checked={isPicked}
      readOnly
      onClick={(e) => {
        onPick(row.id, e.shiftKey);
      }}
      className="size-3.5 accent-(--accent)"
    />
  );
}

function WideCells(props: RowProps): ReactElement {
  const { columns: shown, style } = props.shape;
  return (
    <div className={cx(lineClass, "h-full")} style={style}>
      {shown.map(({ name, className, cell }) => (
        <Cell key={name} className={className}>
          {cell(props)}
        </Cell>
      ))}
    </div>
  );
}

function NarrowCells(props: RowProps): ReactElement {
  const { row, isStaff, shape } = props;
  return (
    <div className="flex h-full flex-col justify-center gap-0.5 px-4">
      <div className="flex items-center justify-between gap-3">
        <Cell className="font-medium">
          <Open {...props}>{goalName(row)}</Open>
        </Cell>
        <Cell className="shrink-0 text-sm">{stateOf(row)}</Cell>
      </div>
      <div className="flex items-center justify-between gap-3 text-sm text-muted">
        <Cell>
          {[shape.has("Campaign") && place(row, isStaff), shape.has("Postback") && target(row)]
            .filter(Boolean)
            .join(" · ")}
        </Cell>
        <Cell className="flex shrink-0 items-center gap-2">
          {row.statusCode !== null && <StatusCode code={row.statusCode} />}
          <Time at={row.createdAt} form="time" />
        </Cell>
      </div>
    </div>
  );
}
