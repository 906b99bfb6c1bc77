import type { ReactElement } from "react";

import { CodeBlock } from "@/components/ui/code-block";
import { CopyButton } from "@/components/ui/copy-button";
import { cx } from "@/components/ui/cx";
import { formatDuration } from "@/components/ui/format";
import { UrlText } from "@/components/ui/url-text";

import { asCurl } from "./curl";

interface Header {
  name: string;
  value: string;
}

/** Both sides of one HTTP exchange. */
export interface ExchangeData {
  method: "GET" | "POST";
  url: string;
  statusCode: number | null;
  requestHeaders: readonly Header[];
  requestBody: string | null;
  responseHeaders: readonly Header[];
  responseBody: string | null;
  responseTruncated: boolean;
}

interface Timings {
  dnsMs: number | null;
  connectMs: number | null;
  tlsMs: number | null;
  waitMs: number | null;
  readMs: number | null;
}

/** What was sent and what came back, down to the bytes. */
export function Exchange({ exchange }: { exchange: ExchangeData }): ReactElement {
  return (
    <>
      <div className="flex flex-col gap-1">
        <div className="flex items-center justify-between text-xs font-medium text-muted">
          {" "}
          Request <CopyButton text={asCurl(exchange)} what="as curl" words />
        </div>
        <div className="rounded-md border bg-sunken p-3">
          <span translate="no" className="mr-2 font-mono text-sm font-semibold">
            {exchange.method}
          </span>
          <UrlText url={exchange.url} />
        </div>
        <Headers headers={exchange.requestHeaders} what="request headers" />
        {exchange.requestBody !== null && exchange.requestBody !== "" && (
          <CodeBlock code={prettyBody(exchange.requestBody)} what="request body" wrap />
        )}
      </div>
      <div className="flex flex-col gap-1">
        <p className="text-xs font-medium text-muted">
          {exchange.statusCode === null ? "No response" : "Response"}
        </p>
        {exchange.statusCode !== null && (
          <>
            {exchange.responseBody === null || exchange.responseBody === "" ? (
              <p className="text-muted">The body is empty.</p>
            ) : (
              <CodeBlock code={prettyBody(exchange.responseBody)} what="response body" wrap />
            )}
            {exchange.responseTruncated && (
              <p className="text-xs text-muted">Only the first 64 KiB are kept.</p>
            )}
            <Headers headers={exchange.responseHeaders} what="response headers" />
          </>
        )}
      </div>
    </>
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

function Headers({ headers, what }: { headers: readonly Header[]; what: string }): ReactElement | null {
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
export function TimingBar({ timings }: { timings: Timings }): ReactElement | null {
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
