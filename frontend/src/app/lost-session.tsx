import type { ReactElement } from "react";
import { useClient } from "urql";

import { Dialog } from "@/components/ui/dialog";
import { SignInForm } from "@/features/session/sign-in-form";
import { askAgain } from "@/graphql/client";
import { resetSocket } from "@/graphql/live";
import { setSessionLost } from "@/graphql/session";
import type { Viewer } from "@/graphql/viewer";

/** Asks to sign in over the page as it stands, so that a half-filled form is still there afterwards. */
export function LostSession({ viewer }: { viewer: Viewer }): ReactElement {
  const client = useClient();
  return (
    <Dialog title="Sign in again" isOpen onClose={() => undefined} mustAnswer>
      <p className="mb-4 text-muted">Your session has ended. Sign in to continue where you left off.</p>
      <SignInForm
        email={viewer.user.email}
        onSignedIn={(userId) => {
          // Somebody else must not see what was fetched for the first.
          if (userId !== viewer.user.id) {
            location.assign("/");
            return;
          }
          setSessionLost(false);
          resetSocket();
          askAgain(client);
        }}
      />
    </Dialog>
  );
}
