import { useClient } from "urql";

import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import type { Viewer } from "@/graphql/viewer";

const SignOut = mutation(
  graphql(`
    mutation SignOut {
      signOut {
        userErrors {
          message
        }
      }
    }
  `),
);

export function whoIs(viewer: Viewer): string {
  return viewer.affiliate?.name ?? (viewer.role === "ADMIN" ? "Admin" : "Affiliate manager");
}

/** Leaves, and takes everything that was fetched along: nothing of one user is left for the next. */
export function useSignOut(): () => void {
  const client = useClient();
  return () => {
    void client
      .mutation(SignOut, {})
      .toPromise()
      .then(({ error }) => {
        if (error) toast(explain(error), "failed");
        else location.assign("/sign-in");
      });
  };
}
