import type { ReactElement } from "react";

import { useAction } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { Time } from "@/components/ui/time";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

/** What the last try of a page found. */
export const CheckParts = graphql(`
  fragment CheckParts on DestinationCheck @_unmask {
    checkedAt
    statusCode
    message
    alive
    deadSince
  }
`);

const TryDestination = mutation(
  graphql(`
    mutation TryDestination($input: TryDestinationInput!) {
      tryDestination(input: $input) {
        check {
          checkedAt
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "staffHome",
  "node",
);

/** Requests a page. What it found stands wherever its offer is shown. */
export function useTry(): { isTrying: boolean; tryNow: (id: string) => void } {
  const { isRunning, run } = useAction(TryDestination, "tryDestination");
  return { isTrying: isRunning, tryNow: (id) => void run({ id }) };
}

/** When a page was tried last and what it answered, and a button that tries it now. */
export function DestinationCheck({
  check,
  id,
  name,
}: {
  check: ResultOf<typeof CheckParts> | null;
  /** Of the offer or the landing page. */
  id: string;
  name: string;
}): ReactElement {
  const { isTrying, tryNow } = useTry();
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <span className={check === null || check.alive ? "text-muted" : "text-failed"}>
        {check === null ? (
          "Not tried yet"
        ) : check.statusCode === null ? (
          <>
            {check.message} <Time at={check.checkedAt} form="time" />
          </>
        ) : (
          <>
            {check.message} at <Time at={check.checkedAt} form="time" />
          </>
        )}
      </span>
      <Button
        size="sm"
        look="quiet"
        aria-label={`Try now: ${name}`}
        isPending={isTrying}
        onPress={() => {
          tryNow(id);
        }}
      >
        Try now
      </Button>
    </span>
  );
}
