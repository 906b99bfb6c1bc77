import { ListFilter } from "lucide-react";
import type { ComponentProps, ReactElement, ReactNode, Ref } from "react";

import { Button } from "@/components/ui/button";
import { PageHead } from "@/components/ui/page";
import { type Column, Table } from "@/components/ui/table";

import { PagedListing } from "./listing";
import type { Paged } from "./use-paged";

type Empty = ComponentProps<typeof PagedListing>["empty"];

interface ListPageProps<Row> {
  title: string;
  /** One line on what the list is of. */
  about: ReactNode;
  aside?: ReactNode;
  /** "The clicks". */
  what: string;
  list: Paged<unknown, Row>;
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
}

/** A page that is one list: its head, its filters, and its rows, which come page after page. */
export function ListPage<Row extends { id: string }>({
  list,
  noMatch,
  columns,
  scroller,
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
    <ListFrame scroller={scroller}>
      <PageHead title={page.title} aside={page.aside}>
        {page.about}
      </PageHead>
      <FilterBar>{page.filters}</FilterBar>
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
  children,
}: {
  scroller?: Ref<HTMLDivElement> | undefined;
  children: ReactNode;
}): ReactElement {
  return (
    <div ref={scroller} className="scroll-thin min-h-0 flex-1 overflow-x-hidden overflow-y-auto">
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
