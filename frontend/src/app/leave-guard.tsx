import { useRouter } from "@tanstack/react-router";
import { type ReactElement, useEffect, useState } from "react";

import { Confirm } from "@/components/ui/dialog";
import { discardUnsaved, hasUnsaved } from "@/components/ui/unsaved-forms";

/**
 * Asks before a page is left whose forms have unsaved content: by a link, Back, a reload or closing the tab. It speaks to the
 * history itself: the router's own hook would be loaded by every page.
 */
export function LeaveGuard(): ReactElement | null {
  const { history } = useRouter();
  const [asked, setAsked] = useState<{ answer: (stays: boolean) => void } | null>(null);
  useEffect(
    () =>
      history.block({
        blockerFn: ({ currentLocation, nextLocation }) =>
          currentLocation.pathname !== nextLocation.pathname && hasUnsaved()
            ? new Promise<boolean>((answer) => {
                setAsked({ answer });
              })
            : false,
        enableBeforeUnload: () => hasUnsaved(),
      }),
    [history],
  );
  const answer = (stays: boolean) => {
    setAsked(null);
    asked?.answer(stays);
  };
  return (
    <Confirm
      title="Leave without saving?"
      isOpen={asked !== null}
      onClose={() => {
        answer(true);
      }}
      onConfirm={() => {
        answer(false);
        discardUnsaved();
      }}
      action="Leave"
      cancel="Keep editing"
      danger
    >
      What you changed on this page is not saved.
    </Confirm>
  );
}
