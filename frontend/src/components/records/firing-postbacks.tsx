import type { ReactElement } from "react";

import { StateBadge } from "@/components/ui/badge";
import { graphql, type ResultOf } from "@/graphql/graphql";

export const FiringParts = graphql(`
  fragment FiringParts on AttributionPostback @_unmask {
    status
    fires
    postback {
      id
      name
      sentTo
      goal {
        id
        name
      }
    }
  }
`);

/** The postbacks that something would fire, each with the status that it sends. */
export function FiringPostbacks({
  postbacks,
}: {
  postbacks: readonly ResultOf<typeof FiringParts>[];
}): ReactElement {
  return (
    <ul aria-label="Postbacks that fire" className="divide-y rounded-md border">
      {postbacks.map(({ postback, status }, i) => (
        <li
          key={`${postback.id} ${status} ${String(i)}`}
          className="flex flex-wrap items-center justify-between gap-x-3 px-3 py-1.5"
        >
          <span className="min-w-0 break-words">
            {postback.name || postback.goal.name}{" "}
            <span translate="no" className="font-mono text-sm text-muted">
              {postback.sentTo}
            </span>
          </span>
          <StateBadge state={status} plain />
        </li>
      ))}
    </ul>
  );
}
