import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { lower } from "@/components/records/address";
import { Button } from "@/components/ui/button";
import { formatNumber, plural } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { Time } from "@/components/ui/time";
import { graphql, type ResultOf } from "@/graphql/graphql";

import { causeInWords } from "./causes";
import { ResultBadge } from "./result-badge";
import { callCauses, callResults, type ReceivedSearch } from "./search";

export const RecentCallsParts = graphql(`
  fragment RecentCallsParts on Integration @_unmask {
    recentCalls {
      calls
      since
      counts {
        result
        cause
        calls
      }
      unknownParameters {
        name
        calls
      }
    }
  }
`);

export type Recent = ResultOf<typeof RecentCallsParts>["recentCalls"];

/** What became of an integration's last calls, by result and cause, and what they say that nothing reads. */
export function RecentCalls({
  integrationId,
  recent,
  onUse,
}: {
  integrationId: string;
  recent: Recent;
  /** The parameter is to be mapped. */
  onUse: (name: string) => void;
}): ReactElement | null {
  const { calls, since, counts, unknownParameters } = recent;
  if (calls === 0) return null;
  return (
    <Panel title={calls === 1 ? "The last request" : `The last ${formatNumber(calls)} requests`}>
      <div className="flex flex-col gap-5">
        <div>
          <p className="mb-3 text-muted">
            What became of them, and why
            {since !== null && (
              <>
                , since <Time at={since} form="full" />
              </>
            )}
            . At most the last 1,000 are counted.
          </p>
          <ul aria-label="By result and cause" className="flex flex-col gap-1.5">
            {counts.map((count) => (
              <CountRow
                key={`${count.result} ${String(count.cause)}`}
                {...count}
                all={calls}
                integration={integrationId}
              />
            ))}
          </ul>
        </div>
        {unknownParameters.length > 0 && (
          <div>
            <h3 className="mb-1 font-medium">Parameters that nothing reads</h3>
            <p className="mb-3 text-muted">Map one to use it. Values are not shown here.</p>
            <ul aria-label="Parameters that nothing reads" className="flex flex-col gap-1.5">
              {unknownParameters.map((parameter) => (
                <UnknownRow key={parameter.name} {...parameter} all={calls} onUse={onUse} />
              ))}
            </ul>
          </div>
        )}
      </div>
    </Panel>
  );
}

/** Which calls of the inbound log are these. */
function searchOf(integration: string, result: string, cause: string | null): ReceivedSearch {
  return {
    integration,
    result: callResults.filter((known) => known === lower(result)),
    ...(cause !== null && { cause: callCauses.filter((known) => known === lower(cause)) }),
  };
}

/** What stands in the place of a cause: calls from before causes were kept have none either. */
function withoutCause(result: string): string {
  return ["recorded", "updated", "test"].includes(lower(result)) ? "Nothing wrong" : "No cause kept";
}

/** A result, its cause, how many, and a bar of their share. */
function CountRow({
  result,
  cause,
  calls,
  all,
  integration,
}: Recent["counts"][number] & { all: number; integration: string }): ReactElement {
  return (
    <li className="grid grid-cols-[8.5rem_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 sm:grid-cols-[8.5rem_minmax(0,16rem)_auto_minmax(0,1fr)]">
      <span>
        <ResultBadge result={result} />
      </span>
      <Link
        to="/staff/received"
        search={searchOf(integration, result, cause)}
        className="link min-w-0 break-words"
      >
        {cause === null ? withoutCause(result) : causeInWords(cause)}
      </Link>
      <span className="tabular min-w-10 text-right">{formatNumber(calls)}</span>
      <span aria-hidden className="col-span-full h-2 overflow-hidden rounded-full bg-sunken sm:col-span-1">
        <span
          className="block h-full bg-accent"
          style={{ width: `${String(Math.max(1, (calls / all) * 100))}%` }}
        />
      </span>
    </li>
  );
}

/** "We saw bonus in 212 of 1,000 requests", and the button to use it. */
function UnknownRow({
  name,
  calls,
  all,
  onUse,
}: Recent["unknownParameters"][number] & { all: number; onUse: (name: string) => void }): ReactElement {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
      <span className="min-w-0">
        <code translate="no" className="font-mono break-all">
          {name}
        </code>{" "}
        <span className="text-muted">
          in {formatNumber(calls)} of {plural(all, "request", "requests")}
        </span>
      </span>
      <Button
        size="sm"
        aria-label={`Use ${name}`}
        onPress={() => {
          onUse(name);
        }}
      >
        Use it
      </Button>
    </li>
  );
}
