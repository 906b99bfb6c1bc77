import { type ReactElement, useEffect, useState } from "react";
import { useQuery } from "urql";

import { Skeleton } from "@/components/ui/skeleton";
import { type UrlPart, UrlText } from "@/components/ui/url-text";
import type { Mark } from "@/components/ui/spans";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { explain } from "@/graphql/client";

const PreviewQuery = graphql(`
  query PreviewPostback($urlTemplate: String!) {
    previewPostback(urlTemplate: $urlTemplate) {
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

/** Typing rests this long before the server is asked: with the answer it stays under 200 ms. */
const restMs = 80;

/** What the server makes of a template; what it made of the last one until the new answer is there. */
export function usePreview(urlTemplate: string): {
  preview: Preview | null;
  /** The template that the preview is of. */
  of: string;
  error: string | null;
} {
  const [rested, setRested] = useState(urlTemplate);
  useEffect(() => {
    const timer = setTimeout(() => {
      setRested(urlTemplate);
    }, restMs);
    return () => {
      clearTimeout(timer);
    };
  }, [urlTemplate]);
  const [{ data, error, fetching }] = useQuery({
    query: PreviewQuery,
    variables: { urlTemplate: rested },
    pause: rested.trim() === "",
  });
  const [last, setLast] = useState<{ preview: Preview; of: string } | null>(null);
  const current = !fetching && data ? data.previewPostback : null;
  if (current !== null && (last?.preview !== current || last.of !== rested)) {
    setLast({ preview: current, of: rested });
  }
  if (rested.trim() === "") return { preview: null, of: "", error: null };
  return { preview: last?.preview ?? null, of: last?.of ?? "", error: error ? explain(error) : null };
}

function templateMarks({ spans, errors }: Preview): Mark<UrlPart>[] {
  return [
    ...errors.map(({ start, end, message }) => ({
      start,
      end,
      value: { name: "", hint: message, wrong: true },
    })),
    ...spans.map(({ macro, value, templateStart, templateEnd }) => ({
      start: templateStart,
      end: templateEnd,
      value: { name: macro, hint: `${macro}: ${value === "" ? "empty" : value}` },
    })),
  ];
}

function urlMarks({ spans }: Preview): Mark<UrlPart>[] {
  return spans.map(({ macro, value, urlStart, urlEnd }) => ({
    start: urlStart,
    end: urlEnd,
    value: { name: macro, hint: `${macro}: ${value === "" ? "empty" : value}` },
  }));
}

/** The template with its macros as chips, the URL as it would be sent, and what is wrong with it. */
export function PreviewPanel({ urlTemplate }: { urlTemplate: string }): ReactElement {
  const { preview, of, error } = usePreview(urlTemplate);
  if (urlTemplate.trim() === "") {
    return <p className="text-muted">Paste a URL: what will be sent shows up here.</p>;
  }
  if (error !== null) return <p className="text-failed">{error}</p>;
  if (preview === null) {
    return (
      <div role="status" aria-label="Asking for the preview" className="flex flex-col gap-2">
        <Skeleton />
        <Skeleton className="w-2/3" />
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col gap-1">
        <h3 className="text-xs font-medium text-muted">The template</h3>
        <p className="rounded-md border bg-sunken px-3 py-2 leading-6">
          <UrlText url={of} parts={templateMarks(preview)} />
        </p>
      </div>
      <div role="status" className="flex flex-col gap-1">
        <h3 className="text-xs font-medium text-muted">As it will be sent, with sample values</h3>
        {preview.url !== null ? (
          <p className="rounded-md border bg-sunken px-3 py-2 leading-6">
            <UrlText url={preview.url} parts={urlMarks(preview)} />
          </p>
        ) : (
          <ul className="flex flex-col gap-1">
            {preview.errors.map((problem) => (
              <li key={`${problem.code} ${String(problem.start)}`} className="text-failed">
                {problem.message}
                <span className="text-muted">
                  {" "}
                  at character {problem.start + 1}
                  {problem.end > problem.start && (
                    <>
                      :{" "}
                      <span className="font-mono text-sm text-ink">
                        {of.slice(problem.start, problem.end)}
                      </span>
                    </>
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
