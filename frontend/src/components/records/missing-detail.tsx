import { CircleHelp } from "lucide-react";
import type { ReactElement } from "react";
import type { CombinedError } from "urql";

import { Button } from "@/components/ui/button";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { explain } from "@/graphql/client";

import { DetailHead } from "./detail-head";

interface MissingDetailProps {
  /** "delivery": what the detail is of. */
  what: string;
  error: CombinedError | undefined;
  fetching: boolean;
  onRetry: () => void;
  onClose: () => void;
}

/** The pane of a detail that is not there: not yet, not at all, or because something failed. */
export function MissingDetail({ what, error, fetching, onRetry, onClose }: MissingDetailProps): ReactElement {
  const title = what.charAt(0).toUpperCase() + what.slice(1);
  return (
    <>
      <DetailHead title={title} name={title} onClose={onClose} />
      {error ? (
        <ErrorState title={`The ${what} could not be fetched`} message={explain(error)} onRetry={onRetry} />
      ) : fetching ? (
        <SkeletonBlock label={`Loading the ${what}`} lines={8} />
      ) : (
        <EmptyState
          icon={CircleHelp}
          title={`There is no such ${what}`}
          action={<Button onPress={onClose}>Back to the list</Button>}
        >
          It was deleted, or it belongs to another account.
        </EmptyState>
      )}
    </>
  );
}
