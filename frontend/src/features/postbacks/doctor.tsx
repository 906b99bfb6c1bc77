import { CircleAlert, CircleCheck, Lightbulb, TriangleAlert, Wrench } from "lucide-react";
import { type ReactElement, useMemo, useState } from "react";
import { useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Skeleton } from "@/components/ui/skeleton";
import { useRested } from "@/components/ui/use-rested";
import { graphql, type ResultOf, type VariablesOf } from "@/graphql/graphql";

import { type Draft, toInput } from "./draft";
import type { FindingMark } from "./editor/chips";
import { restMs } from "./preview";

const LintQuery = graphql(`
  query LintPostback($postback: PostbackInput!, $trackingLink: String, $network: Boolean) {
    lintPostback(postback: $postback, trackingLink: $trackingLink, network: $network) {
      code
      severity
      message
      start
      end
      fix {
        label
        urlTemplate
        goals
      }
    }
  }
`);

export type Finding = ResultOf<typeof LintQuery>["lintPostback"][number];

type Fix = NonNullable<Finding["fix"]>;

type Question = VariablesOf<typeof LintQuery>;

function question(draft: Draft, postbackId: string | null, link: string | null, network: boolean): Question {
  // The text as it stands in the editor: findings point into it, and a space at its end may be one.
  const postback = { ...toInput(draft), id: postbackId, urlTemplate: draft.urlTemplate };
  return { postback, trackingLink: link, network };
}

export interface Examined {
  /** Null until the first answer. */
  findings: readonly Finding[] | null;
  /** Where they stand; the same list as long as they are the same. */
  marks: readonly FindingMark[];
  /** The server was looked up too. */
  network: boolean;
  /** They are of the draft as it is now, and not of what it was a moment ago. */
  isFresh: boolean;
}

/** For how long a host has stood unchanged when its server is looked up. */
const typedOutMs = 700;

/** Scheme, host and port, as the doctor looks them up. */
const hostOf = (template: string) => /^https?:\/\/[^/?#]+/i.exec(template)?.[0] ?? "";

const noMarks: readonly FindingMark[] = [];

/** Several trackers get the same click ids: a new tracker's form says so itself, where its campaigns are chosen. */
const crossed = "CROSSED_TRACKERS";

/**
 * What the doctor says of the draft: of the last one that it saw, while the next answer is on its way. `link` is the tracking link
 * to read it together with, where one was chosen.
 */
export function useDoctor(
  draft: Draft,
  postbackId: string | null,
  link: string | null,
  isNewTracker = false,
): Examined {
  // The server is looked up by itself, once its name is typed out.
  const host = hostOf(draft.urlTemplate);
  const network = useRested(host, typedOutMs) === host && host !== "";
  const key = JSON.stringify(question(draft, postbackId, link, network));
  const rested = useRested(key, restMs, true);
  const [{ data, fetching }] = useQuery({
    query: LintQuery,
    variables: JSON.parse(rested) as Question,
    pause: draft.urlTemplate.trim() === "",
  });
  const [last, setLast] = useState<{
    of: string;
    findings: readonly Finding[];
    marks: readonly FindingMark[];
  }>();
  const isBlank = draft.urlTemplate.trim() === "";
  const found = useMemo(
    () => data?.lintPostback.filter(({ code }) => !isNewTracker || code !== crossed),
    [data, isNewTracker],
  );
  const answer = !isBlank && !fetching && rested === key ? found : undefined;
  if (answer !== undefined && (last?.of !== key || last.findings !== answer)) {
    setLast({ of: key, findings: answer, marks: marksOf(answer) });
  }
  // What was wrong with a text that is gone says nothing about the next.
  if (isBlank && last !== undefined) setLast(undefined);
  return {
    findings: last?.findings ?? null,
    marks: last?.marks ?? noMarks,
    network,
    isFresh: last?.of === key,
  };
}

function marksOf(findings: readonly Finding[]): FindingMark[] {
  return findings.flatMap(({ start, end, severity, message }) =>
    start === null || end === null ? [] : [{ start, end, severity, message }],
  );
}

const looks = {
  ERROR: { word: "Error", icon: CircleAlert, tone: "text-failed" },
  WARNING: { word: "Warning", icon: TriangleAlert, tone: "text-retrying" },
  HINT: { word: "Hint", icon: Lightbulb, tone: "text-muted" },
} as const;

/** What is wrong with the draft, each with its place and, where one exists, a fix of one click. */
export function DoctorPanel({
  examined,
  urlTemplate,
  onFix,
}: {
  examined: Examined;
  urlTemplate: string;
  onFix: (fix: Fix) => void;
}): ReactElement {
  const { findings, network, isFresh } = examined;
  return (
    <section aria-label="Doctor" className="flex flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <h3 className="text-sm font-medium">Doctor</h3>
        {network && isFresh && <span className="text-sm text-muted">Server checked</span>}
      </div>
      <div role="status">
        {findings === null ? (
          <Skeleton className="w-1/2" />
        ) : findings.length === 0 ? (
          <p className="flex items-center gap-2 text-delivered">
            <CircleCheck aria-hidden className="size-4 shrink-0" />
            No problems found.
          </p>
        ) : (
          <ul className="flex flex-col divide-y rounded-md border">
            {findings.map((finding) => (
              <Line
                key={`${finding.code} ${String(finding.start)} ${finding.message}`}
                finding={finding}
                urlTemplate={urlTemplate}
                onFix={(fixed) => {
                  // A fix of an older text would undo what was typed since.
                  if (isFresh) onFix(fixed);
                }}
              />
            ))}
          </ul>
        )}
      </div>
    </section>
  );
}

function Line({
  finding,
  urlTemplate,
  onFix,
}: {
  finding: Finding;
  urlTemplate: string;
  onFix: (fix: Fix) => void;
}): ReactElement {
  const { severity, message, fix, start, end, code } = finding;
  const { word, icon: Icon, tone } = looks[severity];
  const place = start !== null && end !== null && end > start ? urlTemplate.slice(start, end) : "";
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 px-3 py-2" data-code={code}>
      <Icon role="img" aria-label={word} className={cx("mt-0.5 size-4 shrink-0", tone)} />
      <span className="min-w-0 flex-1 basis-48 text-pretty">
        {message}
        {place !== "" && place.length <= 80 && (
          <span translate="no" className="ml-1.5 font-mono text-sm break-all text-muted">
            {place}
          </span>
        )}
      </span>
      {fix !== null && (
        <Button
          size="sm"
          icon={Wrench}
          onPress={() => {
            onFix(fix);
          }}
        >
          {fix.label}
        </Button>
      )}
    </li>
  );
}

/** What keeps the draft from being saved, in one sentence; null where nothing does. */
export function whatStops({ findings }: Examined): string | null {
  const errors = (findings ?? []).filter((f) => f.severity === "ERROR");
  if (errors.length === 0) return null;
  return `It cannot be saved like this: ${errors[0]?.message ?? ""}${
    errors.length > 1 ? ` And ${String(errors.length - 1)} more.` : ""
  }`;
}
