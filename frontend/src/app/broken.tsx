import type { ErrorComponentProps } from "@tanstack/react-router";
import { lazy, type ReactElement, Suspense } from "react";

import { ErrorState } from "@/components/ui/states";

import { isLostCode } from "./code";

// Fetched before it is wanted: see preloadLost. Where it does not come either, the page still says what failed.
const Lost = lazy(() =>
  import("./lost").then(
    (m) => ({ default: m.Lost }),
    () => ({ default: Plain }),
  ),
);

export function preloadLost(): void {
  void import("./lost").catch(nothing);
}

function Plain(): ReactElement {
  return (
    <ErrorState
      title="This page could not be loaded"
      message="The server could not be reached. Check the connection, then try again."
      onRetry={() => {
        // oxlint-disable-next-line no-restricted-globals -- the page itself is asked for, no data: while it cannot be had, this one stays
        void fetch("/", { cache: "no-store" }).then(({ ok }) => {
          if (ok) location.reload();
        }, nothing);
      }}
    />
  );
}

const nothing = () => undefined;

/** In the place of a page that failed, or whose code did not come. */
export function Broken({ error, reset }: ErrorComponentProps): ReactElement {
  if (isLostCode(error)) {
    return (
      <Suspense>
        <Lost />
      </Suspense>
    );
  }
  return (
    <ErrorState
      title="This page failed"
      message={error instanceof Error ? error.message : "Something unexpected happened."}
      onRetry={reset}
    />
  );
}
