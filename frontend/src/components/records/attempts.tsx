import { ChevronRight } from "lucide-react";
import type { ReactElement } from "react";

import { StatusCode } from "@/components/ui/badge";
import { cx } from "@/components/ui/cx";
import { formatDuration } from "@/components/ui/format";
import { Time } from "@/components/ui/time";
import { type FragmentOf, graphql, readFragment, type ResultOf } from "@/graphql/graphql";

import { Exchange, TimingBar } from "./exchange";

export const AttemptParts = graphql(`
  fragment AttemptParts on Attempt {
    id
    number
    startedAt
    method
    url
    statusCode
    durationMs
    error
    explanation
    requestHeaders {
      name
      value
    }
    requestBody
    responseHeaders {
      name
      value
    }
    responseBody
    responseTruncated
    timings {
      dnsMs
      connectMs
      tlsMs
      waitMs
      readMs
    }
  }
`);

type Attempt = ResultOf<typeof AttemptParts>;

/** Every exchange that was made, newest first, each open to what was sent and what came back. */
export function Attempts({
  attempts,
  openFirst,
}: {
  attempts: readonly FragmentOf<typeof AttemptParts>[];
  openFirst?: boolean;
}): ReactElement {
  const list = readFragment(AttemptParts, attempts).toSorted((a, b) => b.number - a.number);
  return (
    <ol className="flex flex-col">
      {list.map((attempt, i) => (
        <li key={attempt.id} className="relative border-l border-line pb-3 pl-4 last:pb-0">
          <span
            aria-hidden
            className={cx(
              "absolute top-2 -left-[4.5px] size-2 rounded-full",
              attempt.error === null ? "bg-delivered" : "bg-failed",
            )}
          />
          <AttemptItem attempt={attempt} open={openFirst === true && i === 0} />
        </li>
      ))}
    </ol>
  );
}

function AttemptItem({ attempt, open }: { attempt: Attempt; open: boolean }): ReactElement {
  return (
    <details open={open} className="group">
      <summary className="-mx-1 flex cursor-default list-none flex-wrap items-center gap-x-3 gap-y-0.5 rounded-sm px-1 py-1 hover:bg-hover">
        <span className="flex items-center gap-1 font-medium">
          <ChevronRight
            aria-hidden
            className="size-3.5 text-muted transition-transform duration-100 group-open:rotate-90"
          />
          Attempt {attempt.number}
        </span>
        <StatusCode code={attempt.statusCode} />
        <span className="tabular text-muted">{formatDuration(attempt.durationMs)}</span>
        <span className="text-muted">
          <Time at={attempt.startedAt} />
        </span>
      </summary>
      <div className="flex flex-col gap-3 pt-1 pb-2">
        <p className={attempt.error === null ? "text-muted" : "text-failed"}>{attempt.explanation}</p>
        <TimingBar timings={attempt.timings} />
        <Exchange exchange={attempt} />
      </div>
    </details>
  );
}
