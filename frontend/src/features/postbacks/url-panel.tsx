import { lazy, type ReactElement, Suspense, useMemo } from "react";

import { Panel } from "@/components/ui/page";
import { Skeleton } from "@/components/ui/skeleton";

import type { FindingMark } from "./editor/chips";
import { PreviewPanel, type Previewed, type Values } from "./preview";
import type { Tested } from "./testfire/tested-badge";

const UrlField = lazy(() => import("./editor/url-field"));

/** The URL, what will be sent, and what the doctor says of it. */
export function UrlPanel({
  urlTemplate,
  onChange,
  previewed,
  method,
  tests,
  goals,
  values,
  onValues,
  findings,
  doctor,
  onPasteAll,
  aggregates,
  asTable,
  error,
}: {
  urlTemplate: string;
  onChange: (urlTemplate: string) => void;
  previewed: Previewed;
  method: "GET" | "POST";
  tests: readonly Tested[];
  /** The choice of the goal that is previewed. */
  goals: ReactElement | null;
  values: Values;
  onValues: (values: Values) => void;
  findings: readonly FindingMark[];
  doctor: ReactElement | null;
  onPasteAll: (text: string) => void;
  aggregates: boolean;
  /** Begins with the table. */
  asTable: boolean;
  error: string | undefined;
}): ReactElement {
  const examples = useMemo(
    () => new Map((previewed.preview?.spans ?? []).map((span) => [span.templateStart, span.value])),
    [previewed.preview],
  );
  return (
    <Panel title="Postback URL">
      <div className="flex flex-col gap-4">
        <Suspense fallback={<Skeleton className="h-28" />}>
          <UrlField
            value={urlTemplate}
            onChange={onChange}
            findings={findings}
            exampleAt={(start) => examples.get(start) ?? null}
            onPasteAll={onPasteAll}
            aggregates={aggregates}
            asTable={asTable}
            error={error}
          />
        </Suspense>
        {urlTemplate.trim() !== "" && (
          <>
            <PreviewPanel
              previewed={previewed}
              method={method}
              tests={tests}
              goals={goals}
              values={values}
              onValues={onValues}
            />
            {doctor}
          </>
        )}
      </div>
    </Panel>
  );
}
