import { Inbox, type LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import type { CombinedError } from "urql";

import { LoadMore } from "@/components/ui/load-more";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { explain } from "@/graphql/client";

import type { Paged } from "./use-paged";

interface ListingProps {
  /** "The sources". */
  what: string;
  error: CombinedError | string | undefined;
  isEmpty: boolean;
  empty: { icon?: LucideIcon; title: string; words: ReactNode; action?: ReactNode };
  onRetry: () => void;
  children: ReactNode;
}

/** Rows that come in pages, as a list shows them. */
export interface Listed<Row> extends Pick<
  Paged<unknown, Row>,
  "rows" | "hasNext" | "loadMore" | "fetching" | "isLoadingMore" | "isEmpty" | "refetch"
> {
  error: CombinedError | string | undefined;
  moreError: CombinedError | string | undefined;
}

function words(error: CombinedError | string): string {
  return typeof error === "string" ? error : explain(error);
}

/** A list as it loads, fails, is empty, or is there. */
export function Listing({ what, error, isEmpty, empty, onRetry, children }: ListingProps): ReactElement {
  if (error) {
    return <ErrorState title={`${what} could not be fetched`} message={words(error)} onRetry={onRetry} />;
  }
  if (isEmpty) {
    return (
      <EmptyState icon={empty.icon ?? Inbox} title={empty.title} action={empty.action}>
        {empty.words}
      </EmptyState>
    );
  }
  return <>{children}</>;
}

type PagedListingProps = Pick<ListingProps, "what" | "empty" | "children"> & {
  list: Listed<unknown>;
};

/** A list that comes in pages, with a way to the next one under it. */
export function PagedListing({ list, children, ...props }: PagedListingProps): ReactElement {
  return (
    <Listing {...props} error={list.error} isEmpty={list.isEmpty} onRetry={list.refetch}>
      {children}
      {list.hasNext && (
        <LoadMore
          isLoading={list.isLoadingMore}
          error={list.moreError && words(list.moreError)}
          onLoad={list.loadMore}
        />
      )}
    </Listing>
  );
}
