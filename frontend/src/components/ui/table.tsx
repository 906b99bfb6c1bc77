import { lazy, type ReactElement, type ReactNode, Suspense, useCallback, useState } from "react";

import { cx } from "./cx";
import { Skeleton } from "./skeleton";

export interface Column<T> {
  id: string;
  header: string;
  cell: (row: T) => ReactNode;
  /** Numbers stand at the right. */
  align?: "right";
  /** The first line of a row on a phone, and the width that it takes on a desk. */
  lead?: boolean;
  width?: string;
  /** On a phone, at the right end of the first line. */
  trail?: boolean;
  /** Left out on a phone. */
  deskOnly?: boolean;
  /** On a phone, where no header stands above it: what the value is. */
  label?: string;
  /** As wide as what is in it: other columns give way. */
  nowrap?: boolean;
}

interface TableProps<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowId: (row: T) => string;
  /** Rows of the same shape while there is nothing to show yet. */
  loading?: boolean;
  selectedId?: string | undefined;
}

/** From here on only the rows in sight exist. */
const most = 100;

const ManyRows = lazy(() => import("./many-rows").then((m) => ({ default: m.ManyRows })));

/**
 * A table on a desk, and the same rows stacked on a phone. The roles are written out, because a table that CSS lays
 * out as blocks is no table to a screen reader any more. A link in the leading cell with the class `row-link` covers
 * its whole row.
 */
export function Table<T>({ label, columns, rows, rowId, loading, selectedId }: TableProps<T>): ReactElement {
  const isLong = rows.length > most;
  const names = columns.map((column) => column.id).join(" ");
  const [held, setHeld] = useState<HeldWidths>();
  const widths = isLong && held?.of === names ? held.widths : undefined;
  const hold = useCallback(
    (found: readonly string[]) => {
      setHeld({ of: names, widths: found });
    },
    [names],
  );
  const draw = (row: T, place?: RowPlace) => (
    <Row
      key={rowId(row)}
      row={row}
      columns={columns}
      isSelected={rowId(row) === selectedId}
      place={place}
      isCut={widths !== undefined}
    />
  );
  return (
    <table
      role="table"
      aria-label={label}
      aria-busy={loading ?? false}
      aria-rowcount={isLong ? rows.length + 1 : undefined}
      className={cx(
        "w-full border-collapse text-left max-md:block",
        widths !== undefined && "md:table-fixed",
      )}
    >
      <Head columns={columns} widths={widths} />
      <tbody role="rowgroup" className="max-md:block [overflow-anchor:none]">
        {loading === true && rows.length === 0 ? (
          <LoadingRows columns={columns} />
        ) : isLong ? (
          <Suspense fallback={rows.map((row) => draw(row))}>
            <ManyRows
              name={label}
              ids={rows.map(rowId)}
              draw={(at, place) => {
                const row = rows[at];
                return row === undefined ? null : draw(row, place);
              }}
              onWidths={widths === undefined ? hold : undefined}
            />
          </Suspense>
        ) : (
          rows.map((row) => draw(row))
        )}
      </tbody>
    </table>
  );
}

/** The columns' widths once rows come and go: a column must not change with what is in sight. */
interface HeldWidths {
  of: string;
  widths: readonly string[];
}

function Head<T>({
  columns,
  widths,
}: {
  columns: readonly Column<T>[];
  widths: readonly string[] | undefined;
}): ReactElement {
  return (
    <thead role="rowgroup" className="max-md:sr-only">
      <tr role="row">
        {columns.map((column, i) => (
          <th
            key={column.id}
            role="columnheader"
            scope="col"
            style={{ width: widths?.[i] ?? column.width }}
            className={cx(
              "h-8 border-b px-3 text-xs font-medium whitespace-nowrap text-muted first:pl-4 last:pr-4",
              column.align === "right" && "text-right",
            )}
          >
            {column.header}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function LoadingRows<T>({ columns }: { columns: readonly Column<T>[] }): ReactElement {
  return (
    <>
      {Array.from({ length: 8 }, (_, i) => (
        <tr role="row" key={i} className="border-b max-md:block max-md:px-4 max-md:py-3">
          {columns.map((column) => (
            <td
              role="cell"
              key={column.id}
              className={cx(
                "h-10 px-3 first:pl-4 last:pr-4 max-md:block max-md:h-6 max-md:px-0 max-md:first:pl-0",
                column.lead !== true && "max-md:hidden",
              )}
            >
              <Skeleton className={i % 2 === 0 ? "w-3/4" : "w-1/2"} />
            </td>
          ))}
        </tr>
      ))}
    </>
  );
}

/** Where a row stands among many, and what wants to know how high it is. */
export interface RowPlace {
  index: number;
  ref: (row: HTMLTableRowElement | null) => void;
}

interface RowProps<T> {
  row: T;
  columns: readonly Column<T>[];
  isSelected: boolean;
  place: RowPlace | undefined;
  /** What is wider than its column is cut. */
  isCut: boolean;
}

function Row<T>({ row, columns, isSelected, place, isCut }: RowProps<T>): ReactElement {
  return (
    <tr
      role="row"
      ref={place?.ref}
      data-index={place?.index}
      aria-rowindex={place && place.index + 2}
      data-selected={isSelected || undefined}
      className="relative border-b hover:bg-hover data-[selected]:bg-accent-soft max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-3 max-md:gap-y-0.5 max-md:px-4 max-md:py-2.5 max-md:after:order-3 max-md:after:basis-full max-md:after:content-['']"
    >
      {columns.map((column) => (
        <td
          role="cell"
          key={column.id}
          data-label={column.label}
          className={cx(
            "h-10 px-3 py-1.5 align-middle first:pl-4 last:pr-4",
            "max-md:flex max-md:h-auto max-md:min-w-0 max-md:items-baseline max-md:p-0 max-md:first:pl-0 max-md:last:pr-0",
            column.lead === true
              ? "max-md:order-1 max-md:flex-1 max-md:basis-3/5"
              : column.trail === true
                ? "max-md:order-2 max-md:ml-auto"
                : "max-md:order-4 max-md:text-sm",
            column.deskOnly === true && "max-md:hidden",
            column.label !== undefined &&
              "max-md:before:mr-1 max-md:before:text-muted max-md:before:content-[attr(data-label)] max-md:has-[[data-none]]:hidden",
            column.nowrap === true && "whitespace-nowrap",
            column.align === "right" && "tabular text-right",
            isCut && "md:overflow-hidden md:text-ellipsis",
          )}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

/** A link in a table's leading cell that covers its row. */
export const rowLinkClass =
  "font-medium text-ink no-underline after:absolute after:inset-0 hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent";
/** A control in such a row, above the link. */
export const aboveRowLink = "relative z-10";
