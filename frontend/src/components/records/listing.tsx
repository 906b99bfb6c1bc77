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
  error: CombinedError | undefined;
  isEmpty: boolean;
  empty: { icon?: LucideIcon; title: string; words: ReactNode; action?: ReactNode };
  onRetry: () => void;
  children: ReactNode;
}

/** A list as it loads, fails, is empty, or is there. */
export function Listing({ what, error, isEmpty, empty, onRetry, children }: ListingProps): ReactElement {
  if (error) {
    return <ErrorState title={`${what} could not be fetched`} message={explain(error)} onRetry={onRetry} />;
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
  list: Paged<unknown, unknown>;
};

/** A list that comes in pages, with a way to the next one under it. */
export function PagedListing({ list, children, ...props }: PagedListingProps): ReactElement {
  return (
    <Listing {...props} error={list.error} isEmpty={list.isEmpty} onRetry={list.refetch}>
      {children}
      {list.hasNext && (
        <LoadMore
          isLoading={list.isLoadingMore}
          error={list.moreError && explain(list.moreError)}
          onLoad={list.loadMore}
        />
      )}
    </Listing>
  );
}
