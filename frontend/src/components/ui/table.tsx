import type { ReactElement, ReactNode } from "react";

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

/**
 * A table on a desk, and the same rows stacked on a phone. The roles are written out, because a table that CSS lays
 * out as blocks is no table to a screen reader any more. A link in the leading cell with the class `row-link` covers
 * its whole row.
 */
export function Table<T>({ label, columns, rows, rowId, loading, selectedId }: TableProps<T>): ReactElement {
  return (
    <table
      role="table"
      aria-label={label}
      aria-busy={loading ?? false}
      className="w-full border-collapse text-left max-md:block"
    >
      <thead role="rowgroup" className="max-md:sr-only">
        <tr role="row">
          {columns.map((column) => (
            <th
              key={column.id}
              role="columnheader"
              scope="col"
              style={column.width === undefined ? undefined : { width: column.width }}
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
      <tbody role="rowgroup" className="max-md:block">
        {loading === true && rows.length === 0
          ? Array.from({ length: 8 }, (_, i) => (
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
            ))
          : rows.map((row) => {
              const id = rowId(row);
              return (
                <tr
                  role="row"
                  key={id}
                  data-selected={id === selectedId || undefined}
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
                      )}
                    >
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
      </tbody>
    </table>
  );
}

/** A link in a table's leading cell that covers its row. */
export const rowLinkClass =
  "font-medium text-ink no-underline after:absolute after:inset-0 hover:underline focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent";
/** A control in such a row, above the link. */
export const aboveRowLink = "relative z-10";
