import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { TextField } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import type { Mark } from "@/components/ui/spans";
import { type UrlPart, UrlText } from "@/components/ui/url-text";
import { useRested } from "@/components/ui/use-rested";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf, type VariablesOf } from "@/graphql/graphql";

import type { PostbackInput } from "./draft";
import { type Tested, TestedBadge } from "./testfire/tested-badge";

const PreviewQuery = graphql(`
  query PreviewPostback(
    $postback: PostbackInput!
    $goal: String
    $trackingLink: String
    $values: [MacroValueInput!]
  ) {
    previewPostback(postback: $postback, goal: $goal, trackingLink: $trackingLink, values: $values) {
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
`);

export type Preview = ResultOf<typeof PreviewQuery>["previewPostback"];

/** Sample values that somebody set, by macro. */
export type Values = Readonly<Record<string, string>>;

/** Typing rests this long before the server is asked again: with the answer it stays under 200 ms. */
export const restMs = 60;

export function valueInputs(values: Values): { macro: string; value: string }[] {
  return Object.entries(values).map(([macro, value]) => ({ macro, value }));
}

export interface Previewed {
  preview: Preview | null;
  /** The template that the preview is of. */
  of: string;
  error: string | null;
}

const nothing: Previewed = { preview: null, of: "", error: null };

/** What is previewed: the sample conversion of one goal. */
export interface PreviewOf {
  /** With its URL as it stands in the editor: spans point into it. */
  postback: PostbackInput & { urlTemplate: string };
  goal: string | null;
  /** The tracking link of the click, where one was chosen. */
  trackingLink?: string | null;
  values: Values;
}

/** What the server makes of a postback; what it made of the last one until the new answer is there. */
export function usePreview({ postback, goal, trackingLink = null, values }: PreviewOf): Previewed {
  const key = useRested(
    JSON.stringify({ postback, goal, trackingLink, values: valueInputs(values) }),
    restMs,
    true,
  );
  const variables = JSON.parse(key) as VariablesOf<typeof PreviewQuery>;
  const rested = variables.postback.urlTemplate ?? "";
  const [{ data, error, fetching }] = useQuery({
    query: PreviewQuery,
    variables,
    pause: rested.trim() === "",
  });
  const [last, setLast] = useState<{ preview: Preview; of: string } | null>(null);
  const current = !fetching && data ? data.previewPostback : null;
  if (current !== null && (last?.preview !== current || last.of !== rested)) {
    setLast({ preview: current, of: rested });
  }
  if (rested.trim() === "") return nothing;
  return { preview: last?.preview ?? null, of: last?.of ?? "", error: error ? explain(error) : null };
}

/** The parts of the URL that macros filled. */
export function urlMarks({ spans }: Pick<Preview, "spans">): Mark<UrlPart>[] {
  return spans.map(({ macro, value, urlStart, urlEnd }) => ({
    start: urlStart,
    end: urlEnd,
    value: { name: macro, hint: `${macro}: ${value === "" ? "empty" : value}` },
  }));
}

/** The URL that a test fire sends, each macro in the colour of its chip, and what was answered to exactly this URL. */
export function PreviewedUrl({
  preview,
  method,
  tests,
}: {
  preview: Preview;
  method: "GET" | "POST";
  tests: readonly Tested[];
}): ReactElement {
  if (preview.url === null) return <p className="text-muted">Fix the marked values to see the URL.</p>;
  return (
    <div className="flex flex-col items-start gap-1.5">
      <p className="self-stretch rounded-md border bg-sunken px-3 py-2 leading-6">
        <UrlText url={preview.url} parts={urlMarks(preview)} />
      </p>
      <TestedBadge url={preview.url} method={method} tests={tests} />
    </div>
  );
}

/** The URL as it would be sent for each goal, and the values that stand in for the real ones. */
export function PreviewPanel({
  previewed,
  method,
  tests,
  goals,
  values,
  onValues,
}: {
  previewed: Previewed;
  method: "GET" | "POST";
  tests: readonly Tested[];
  /** The choice of the goal, where there are several. */
  goals: ReactElement | null;
  values: Values;
  onValues: (values: Values) => void;
}): ReactElement | null {
  const { preview, error } = previewed;
  if (error !== null) return <p className="text-failed">{error}</p>;
  if (preview === null) {
    return (
      <div role="status" aria-label="Loading the preview" className="flex flex-col gap-2">
        <Skeleton />
        <Skeleton className="w-2/3" />
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      <h3 className="text-sm font-medium">As it will be sent, with sample values</h3>
      {goals}
      {/* Always there, so that what comes into it is read out. */}
      <div role="status">
        <PreviewedUrl preview={preview} method={method} tests={tests} />
      </div>
      {preview.spans.length > 0 && (
        <details>
          <summary className="link w-fit cursor-default list-none">Change sample values</summary>
          <div className="mt-2 grid grid-cols-2 gap-3 max-sm:grid-cols-1">
            <MacroValues samples={preview.samples} values={values} onValues={onValues} />
          </div>
        </details>
      )}
    </div>
  );
}

/** A field for each macro that the template names, with its sample until another value is typed. */
export function MacroValues({
  samples,
  values,
  onValues,
}: {
  samples: Preview["samples"];
  values: Values;
  onValues: (values: Values) => void;
}): ReactElement {
  return (
    <>
      {samples.map(({ macro, value: sample }) => (
        <TextField
          key={macro}
          label={`{${macro}}`}
          value={values[macro] ?? sample}
          onChange={(value) => {
            onValues({ ...values, [macro]: value });
          }}
          mono
          spellCheck="false"
        />
      ))}
    </>
  );
}
