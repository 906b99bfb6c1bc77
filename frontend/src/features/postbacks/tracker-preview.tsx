import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { Badge } from "@/components/ui/badge";
import { Panel } from "@/components/ui/page";
import { Skeleton } from "@/components/ui/skeleton";
import { UrlText } from "@/components/ui/url-text";
import { useRested } from "@/components/ui/use-rested";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf, type VariablesOf } from "@/graphql/graphql";
import { formErrors } from "@/graphql/user-errors";

import { placeOf } from "./one-postback";
import { restMs, urlMarks } from "./preview";
import { TemplateDiff } from "./template-diff";
import type { TrackerInput } from "./tracker-draft";

const PreviewQuery = graphql(`
  query PreviewTracker($tracker: UpdateTrackerInput!) {
    previewTracker(tracker: $tracker) {
      postbacks {
        postback {
          id
          urlTemplate
          scope
          offer {
            id
            name
          }
          campaign {
            id
            name
          }
        }
        goal {
          id
          key
          name
        }
        enabled
        urlTemplate
        event
        preview {
          url
          samples {
            macro
            value
          }
          spans {
            macro
            value
            templateStart
            templateEnd
            urlStart
            urlEnd
          }
          errors {
            code
            message
            start
            end
          }
        }
      }
      userErrors {
        field
        message
      }
    }
  }
`);

export type ChangedPostback = ResultOf<typeof PreviewQuery>["previewTracker"]["postbacks"][number];

/** What the server makes of what was changed so far. */
export interface TrackerChange {
  /** Each postback, in the order of the event dictionary; of the last answer while the next is on its way. */
  postbacks: readonly ChangedPostback[] | null;
  /** What is wrong with the domain or the URL. */
  errors: Record<string, string>;
  /** Why there is no answer. */
  fault: string | null;
  /** It is of the form as it is now, and not of what it was a moment ago. */
  isFresh: boolean;
}

/** Asks what a change of the tracker makes of its postbacks, as it is typed. */
export function useTrackerChange({ id, urlTemplate, domain, method, goals }: TrackerInput): TrackerChange {
  const key = JSON.stringify({ tracker: { id, urlTemplate, domain, method, goals } });
  const rested = useRested(key, restMs, true);
  const [{ data, error, fetching, stale }] = useQuery({
    query: PreviewQuery,
    variables: JSON.parse(rested) as VariablesOf<typeof PreviewQuery>,
    requestPolicy: "cache-and-network",
  });
  const answer = !fetching && data ? data.previewTracker : null;
  const [last, setLast] = useState<readonly ChangedPostback[] | null>(null);
  if (answer !== null && answer.userErrors.length === 0 && answer.postbacks !== last)
    setLast(answer.postbacks);
  const { fields, general } = formErrors(answer?.userErrors ?? [], ["domain", "urlTemplate"]);
  return {
    postbacks: last,
    errors: fields,
    fault: error ? explain(error) : general,
    isFresh: rested === key && answer !== null && !stale && answer.userErrors.length === 0,
  };
}

/** What each goal is sent, with what the change makes of it. */
export function ChangePreview({ change }: { change: TrackerChange }): ReactElement {
  const { postbacks, fault } = change;
  return (
    <Panel title="As it will be sent, with sample values" flush>
      <div role="status">
        {fault !== null ? (
          <p className="p-4 text-failed">{fault}</p>
        ) : postbacks === null ? (
          <div role="status" aria-label="Loading the preview" className="flex flex-col gap-2 p-4">
            <Skeleton />
            <Skeleton className="w-2/3" />
          </div>
        ) : postbacks.length === 0 ? (
          <p className="p-4 text-muted">No goal is switched on.</p>
        ) : (
          <ul aria-label="URL of each goal" className="divide-y">
            {postbacks.map((postback) => (
              <GoalUrl key={postback.postback?.id ?? postback.goal.id} changed={postback} />
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}

function GoalUrl({ changed }: { changed: ChangedPostback }): ReactElement {
  const { postback, goal, enabled, urlTemplate, preview } = changed;
  const isChanged = postback !== null && postback.urlTemplate !== urlTemplate;
  return (
    <li className="flex flex-col gap-1 px-4 py-2.5">
      <span className="flex flex-wrap items-center gap-x-2">
        <span className="font-medium">{goal.name}</span>
        {postback !== null && postback.scope !== "GLOBAL" && (
          <span className="text-muted">{placeOf(postback)}</span>
        )}
        {postback === null && <Badge tone="accent">New</Badge>}
        {isChanged && <Badge tone="accent">Changed</Badge>}
        {!enabled && <Badge>Off</Badge>}
      </span>
      {isChanged && <TemplateDiff from={postback.urlTemplate} to={urlTemplate} />}
      {preview.url === null ? (
        <span className="text-failed">{preview.errors[0]?.message ?? "The URL has a mistake."}</span>
      ) : (
        <UrlText url={preview.url} parts={urlMarks(preview)} className="text-muted" />
      )}
    </li>
  );
}
