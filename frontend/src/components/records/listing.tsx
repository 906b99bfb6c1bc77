import { Inbox, type LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import type { CombinedError } from "urql";

import { EmptyState, ErrorState } from "@/components/ui/states";
import { explain } from "@/graphql/client";

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
