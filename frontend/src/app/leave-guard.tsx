import { useBlocker } from "@tanstack/react-router";
import { lazy, type ReactElement, Suspense, useEffect } from "react";

import { discardUnsaved, hasUnsaved } from "@/components/ui/unsaved";

// Fetched with the first form, before there is something to lose. Where it does not come, the browser asks.
const load = (): Promise<{ default: (props: QuestionProps) => ReactElement | null }> =>
  import("./leave-question").then(
    (m) => ({ default: m.LeaveQuestion }),
    () => ({ default: BrowserQuestion }),
  );
const LeaveQuestion = lazy(load);

interface QuestionProps {
  onLeave: () => void;
  onStay: () => void;
}

function BrowserQuestion({ onLeave, onStay }: QuestionProps): null {
  useEffect(() => {
    if (confirm("Leave without saving?")) onLeave();
    else onStay();
  });
  return null;
}

/** Asks before a page is left whose forms have unsaved content: by a link, Back, a reload or closing the tab. */
export function LeaveGuard(): ReactElement | null {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && hasUnsaved(),
    enableBeforeUnload: () => hasUnsaved(),
    withResolver: true,
  });
  useEffect(() => {
    void load();
  }, []);
  if (blocker.status !== "blocked") return null;
  return (
    <Suspense>
      <LeaveQuestion
        onLeave={() => {
          discardUnsaved();
          blocker.proceed();
        }}
        onStay={blocker.reset}
      />
    </Suspense>
  );
}
