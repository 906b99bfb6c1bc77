import { CircleHelp } from "lucide-react";
import type { ReactElement } from "react";

import { Button } from "@/components/ui/button";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { explain } from "@/graphql/client";
import type { Awaited } from "@/graphql/use-node";

import { DetailHead } from "./detail-head";

interface MissingDetailProps {
  /** "delivery": what the detail is of. */
  what: string;
  detail: Awaited;
  onClose: () => void;
}

/** The pane of a detail that is not there: not yet, not at all, or because something failed. */
export function MissingDetail({ what, detail, onClose }: MissingDetailProps): ReactElement {
  const title = what.charAt(0).toUpperCase() + what.slice(1);
  return (
    <>
      <DetailHead title={title} name={title} onClose={onClose} />
      {detail.error ? (
        <ErrorState
          title={`The ${what} could not be fetched`}
          message={explain(detail.error)}
          onRetry={detail.retry}
        />
      ) : detail.fetching ? (
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
