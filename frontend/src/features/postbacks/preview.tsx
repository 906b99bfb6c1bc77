import { type ReactElement, useEffect, useRef, useState } from "react";
import { useQuery } from "urql";

import { TextField } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import { type UrlPart, UrlText } from "@/components/ui/url-text";
import type { Mark } from "@/components/ui/spans";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { explain } from "@/graphql/client";

import { useMacros } from "./editor/macros";

const PreviewQuery = graphql(`
  query PreviewPostback($urlTemplate: String!, $values: [MacroValueInput!], $aggregateSeconds: Int) {
    previewPostback(
      urlTemplate: $urlTemplate
      values: $values
      postback: { aggregateSeconds: $aggregateSeconds }
    ) {
      url
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
const restMs = 60;

/** A value that has not changed for a while. The first change after a rest, a paste or one key, counts at once. */
export function useRested<T>(value: T, ms: number = restMs): T {
  const [rested, setRested] = useState(value);
  const changedAt = useRef(-Infinity);
  useEffect(() => {
    const now = performance.now();
    const wait = now - changedAt.current > ms ? 0 : ms;
    changedAt.current = now;
    const timer = setTimeout(() => {
      setRested(value);
    }, wait);
    return () => {
      clearTimeout(timer);
    };
  }, [value, ms]);
  return rested;
}

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

/** What the server makes of a template; what it made of the last one until the new answer is there. */
export function usePreview(urlTemplate: string, values: Values, aggregateSeconds: number | null): Previewed {
  const rested = useRested(urlTemplate);
  const restedValues = useRested(values);
  const [{ data, error, fetching }] = useQuery({
    query: PreviewQuery,
    variables: { urlTemplate: rested, values: valueInputs(restedValues), aggregateSeconds },
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

function urlMarks({ spans }: Preview): Mark<UrlPart>[] {
  return spans.map(({ macro, value, urlStart, urlEnd }) => ({
    start: urlStart,
    end: urlEnd,
    value: { name: macro, hint: `${macro}: ${value === "" ? "empty" : value}` },
  }));
}

/** The URL as it would be sent: each macro in the colour of its chip, and the values that stand in for the real ones. */
export function PreviewPanel({
  previewed,
  values,
  onValues,
}: {
  previewed: Previewed;
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
      {/* Always there, so that what comes into it is read out. */}
      <div role="status">
        {preview.url === null ? (
          <p className="text-muted">Fix the marked values to see the URL.</p>
        ) : (
          <p className="rounded-md border bg-sunken px-3 py-2 leading-6">
            <UrlText url={preview.url} parts={urlMarks(preview)} />
          </p>
        )}
      </div>
      {preview.spans.length > 0 && (
        <details>
          <summary className="link w-fit cursor-default list-none">Change sample values</summary>
          <div className="mt-2 grid grid-cols-2 gap-3 max-sm:grid-cols-1">
            <MacroValues spans={preview.spans} values={values} onValues={onValues} />
          </div>
        </details>
      )}
    </div>
  );
}

/** A field for each macro that the template names; empty shows what stands in for it. */
export function MacroValues({
  spans,
  values,
  onValues,
}: {
  spans: readonly { macro: string }[];
  values: Values;
  onValues: (values: Values) => void;
}): ReactElement {
  const { macros: known } = useMacros();
  const macros = [...new Set(spans.map((span) => span.macro))];
  return (
    <>
      {macros.map((macro) => (
        <TextField
          key={macro}
          label={`{${macro}}`}
          value={values[macro] ?? known.find(({ name }) => name === macro)?.example ?? ""}
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
