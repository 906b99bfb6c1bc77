import type { ErrorComponentProps } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { ErrorState } from "@/components/ui/states";

import { isLostCode } from "./code";
import { Lost } from "./lost";

/** In the place of a page that failed, or whose code did not come. */
export function Broken({ error, reset }: ErrorComponentProps): ReactElement {
  if (isLostCode(error)) {
    return <Lost />;
  }
  return (
    <ErrorState
      title="This page failed"
      message={error instanceof Error ? error.message : "Something unexpected happened."}
      onRetry={reset}
    />
  );
}
