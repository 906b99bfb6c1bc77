import { Inbox } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import type { CombinedError } from "urql";

import { EmptyState, ErrorState, Note } from "@/components/ui/states";
import { explain } from "@/graphql/client";

/** A list as it loads, fails, is empty, or is there. */
export function Listing({
  what,
  error,
  isEmpty,
  empty,
  onRetry,
  children,
}: {
  /** "The sources". */
  what: string;
  error: CombinedError | undefined;
  isEmpty: boolean;
  empty: { title: string; words: string; action?: ReactNode };
  onRetry: () => void;
  children: ReactNode;
}): ReactElement {
  if (error)
    return <ErrorState title={`${what} could not be fetched`} message={explain(error)} onRetry={onRetry} />;
  if (isEmpty) {
    return (
      <EmptyState
        icon={Inbox}
        title={empty.title}
        {...(empty.action === undefined ? {} : { action: empty.action })}
      >
        {empty.words}
      </EmptyState>
    );
  }
  return <>{children}</>;
}

/** What is wrong with a form and belongs to no field of it. */
export function GeneralError({ text }: { text: string | null }): ReactElement | null {
  if (text === null) return null;
  return (
    <Note tone="failed" role="alert">
      {text}
    </Note>
  );
}
