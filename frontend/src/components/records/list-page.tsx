import { ListFilter } from "lucide-react";
import type { ComponentProps, ReactElement, ReactNode, Ref } from "react";

import { Button } from "@/components/ui/button";
import { PageHead } from "@/components/ui/page";
import { type Column, Table } from "@/components/ui/table";

import { type Listed, PagedListing } from "./listing";

type Empty = ComponentProps<typeof PagedListing>["empty"];

interface ListPageProps<Row> {
  title: string;
  /** One line on what the list is of. */
  about: ReactNode;
  aside?: ReactNode;
  /** "The clicks". */
  what: string;
  list: Listed<Row>;
  filters: ReactNode;
  /** There is nothing at all yet. */
  empty: Empty;
  /** Set while filters leave something out: nothing matches them. */
  noMatch: (Pick<Empty, "title" | "words"> & { onClear: () => void }) | false;
  /** Of the table. */
  label: string;
  columns: readonly Column<Row>[];
  selectedId?: string | null;
  scroller?: Ref<HTMLDivElement>;
  /** Told when the reader comes to the list's top, and when they leave it. */
  onAtTop?: (atTop: boolean) => void;
  /** Above the rows. */
  notes?: ReactNode;
}

/** A page that is one list: its head, its filters, and its rows, which come page after page. */
export function ListPage<Row extends { id: string }>({
  list,
  noMatch,
  columns,
  scroller,
  onAtTop,
  ...page
}: ListPageProps<Row>): ReactElement {
  const empty: Empty = noMatch
    ? {
        icon: ListFilter,
        title: noMatch.title,
        words: noMatch.words,
        action: <Button onPress={noMatch.onClear}>Clear filters</Button>,
      }
    : page.empty;
  return (
    <ListFrame scroller={scroller} onAtTop={onAtTop}>
      <PageHead title={page.title} aside={page.aside}>
        {page.about}
      </PageHead>
      <FilterBar>{page.filters}</FilterBar>
      {page.notes}
      <PagedListing what={page.what} list={list} empty={empty}>
        <Table
          label={page.label}
          columns={columns}
          rows={list.rows}
          rowId={(row) => row.id}
          loading={list.fetching && list.rows.length === 0}
          selectedId={page.selectedId ?? undefined}
        />
      </PagedListing>
    </ListFrame>
  );
}

/** What scrolls where a page is a list: all of it, its head too. */
export function ListFrame({
  scroller,
  onAtTop,
  children,
}: {
  scroller?: Ref<HTMLDivElement> | undefined;
  onAtTop?: ((atTop: boolean) => void) | undefined;
  children: ReactNode;
}): ReactElement {
  return (
    <div
      ref={scroller}
      onScroll={
        onAtTop &&
        ((e) => {
          onAtTop(e.currentTarget.scrollTop < 4);
        })
      }
      className="scroll-thin min-h-0 flex-1 overflow-x-hidden overflow-y-auto"
    >
      {children}
    </div>
  );
}

/** The filters above a list. */
export function FilterBar({ children }: { children: ReactNode }): ReactElement {
  return (
    <div role="search" aria-label="Filters" className="flex flex-wrap items-center gap-2 px-4 pb-3">
      {children}
    </div>
  );
}

/** Whether any filter of a search is set. */
export function isFiltered(search: object): boolean {
  return Object.values(search).some((value) => value !== undefined);
}
