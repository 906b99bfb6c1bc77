import { ChevronRight } from "lucide-react";
import type { ReactElement } from "react";

import { StatusCode } from "@/components/ui/badge";
import { CodeBlock } from "@/components/ui/code-block";
import { CopyButton } from "@/components/ui/copy-button";
import { cx } from "@/components/ui/cx";
import { formatDuration } from "@/components/ui/format";
import { Time } from "@/components/ui/time";
import { UrlText } from "@/components/ui/url-text";
import { type FragmentOf, graphql, readFragment, type ResultOf } from "@/graphql/graphql";

import { asCurl } from "./curl";

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
        <div className="flex flex-col gap-1">
          <h4 className="flex items-center justify-between text-xs font-medium text-muted">
            Sent
            <CopyButton text={asCurl(attempt)} what="as curl" words />
          </h4>
          <div className="rounded-md border bg-sunken p-3">
            <span className="mr-2 font-mono text-sm font-semibold">{attempt.method}</span>
            <UrlText url={attempt.url} />
          </div>
          <Headers headers={attempt.requestHeaders} what="request headers" />
          {attempt.requestBody !== null && attempt.requestBody !== "" && (
            <CodeBlock code={prettyBody(attempt.requestBody)} what="request body" wrap />
          )}
        </div>
        <div className="flex flex-col gap-1">
          <h4 className="text-xs font-medium text-muted">
            {attempt.statusCode === null ? "No answer came back" : "Came back"}
          </h4>
          {attempt.statusCode !== null && (
            <>
              <Headers headers={attempt.responseHeaders} what="response headers" />
              {attempt.responseBody === null || attempt.responseBody === "" ? (
                <p className="text-muted">The body is empty.</p>
              ) : (
                <CodeBlock code={prettyBody(attempt.responseBody)} what="response body" wrap />
              )}
              {attempt.responseTruncated && (
                <p className="text-xs text-muted">Only the first 64 KiB of the body are kept.</p>
              )}
            </>
          )}
        </div>
      </div>
    </details>
  );
}

/** JSON with its lines; everything else as it came. */
function prettyBody(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function Headers({
  headers,
  what,
}: {
  headers: Attempt["requestHeaders"];
  what: string;
}): ReactElement | null {
  if (headers.length === 0) return null;
  return (
    <CodeBlock code={headers.map(({ name, value }) => `${name}: ${value}`).join("\n")} what={what} wrap />
  );
}

const phases = [
  { key: "dnsMs", name: "DNS", tone: "bg-(--hue-2)" },
  { key: "connectMs", name: "Connect", tone: "bg-(--hue-3)" },
  { key: "tlsMs", name: "TLS", tone: "bg-(--hue-4)" },
  { key: "waitMs", name: "Wait", tone: "bg-(--hue-1)" },
  { key: "readMs", name: "Read", tone: "bg-(--hue-6)" },
] as const;

/** Where the time went: a bar, and the same in numbers. */
function TimingBar({ timings }: { timings: Attempt["timings"] }): ReactElement | null {
  const parts = phases.flatMap((phase) => {
    const ms = timings[phase.key];
    return ms === null ? [] : [{ ...phase, ms }];
  });
  if (parts.length === 0) return null;
  const total = parts.reduce((sum, part) => sum + part.ms, 0) || 1;
  return (
    <div className="flex flex-col gap-1.5">
      <div aria-hidden className="flex h-1.5 gap-px overflow-hidden rounded-full bg-sunken">
        {parts.map((part) => (
          <span
            key={part.key}
            className={part.tone}
            style={{ width: `${String((part.ms / total) * 100)}%` }}
          />
        ))}
      </div>
      <dl className="flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-muted">
        {parts.map((part) => (
          <div key={part.key} className="flex items-center gap-1">
            <span aria-hidden className={cx("size-2 rounded-full", part.tone)} />
            <dt>{part.name}</dt>
            <dd className="tabular">{formatDuration(part.ms)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
