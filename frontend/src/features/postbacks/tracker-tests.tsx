import { ChevronRight, CircleCheck, CircleX, LoaderCircle, Zap } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useMutation } from "urql";

import { StatusCode } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { formatDuration } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { Note } from "@/components/ui/states";
import { explain } from "@/graphql/client";
import type { VariablesOf } from "@/graphql/graphql";

import { placeOf } from "./one-postback";
import { FireTest, type PostbackTest } from "./testfire/test-parts";
import { TestResult } from "./testfire/test-result";
import type { Tracker } from "./tracker-parts";
import type { ChangedPostback } from "./tracker-preview";
import type { TrackerForm } from "./use-tracker-form";

/** What came of one goal's test. */
interface Result {
  key: string;
  goal: string;
  test: PostbackTest | null;
  /** Why nothing was fired. */
  fault: string | null;
}

type TestInput = VariablesOf<typeof FireTest>["input"];

/** The test of a goal as it stands in the form. */
function testOf(tracker: Tracker, method: "GET" | "POST", changed: ChangedPostback): TestInput {
  const { postback, goal, urlTemplate } = changed;
  return {
    goal: goal.key,
    postback:
      postback === null
        ? { name: tracker.name, scope: "GLOBAL", goals: [goal.key], urlTemplate, method }
        : { id: postback.id, urlTemplate, method },
  };
}

/** The goal, and where it is not for all campaigns, the place. */
function nameOf({ goal, postback }: ChangedPostback): string {
  return postback === null || postback.scope === "GLOBAL" ? goal.name : `${goal.name}, ${placeOf(postback)}`;
}

/** Fires one test after the other. */
function useTests(tracker: Tracker, form: TrackerForm) {
  const [, fire] = useMutation(FireTest);
  const [results, setResults] = useState<readonly Result[]>([]);
  // The names of all that are tested.
  const [list, setList] = useState<readonly string[]>([]);
  const [isRunning, setRunning] = useState(false);

  const fireOne = async (changed: ChangedPostback): Promise<Result> => {
    const { data, error } = await fire({ input: testOf(tracker, form.draft.method, changed) });
    const payload = data?.testPostback;
    return {
      key: changed.postback?.id ?? changed.goal.key,
      goal: nameOf(changed),
      test: payload?.test ?? null,
      fault: error ? explain(error) : (payload?.userErrors[0]?.message ?? null),
    };
  };

  const run = async (all: readonly ChangedPostback[]) => {
    setRunning(true);
    setList(all.map(nameOf));
    setResults([]);
    await all.reduce(
      (before, changed) =>
        before.then(async () => {
          const result = await fireOne(changed);
          setResults((done) => [...done, result]);
        }),
      Promise.resolve(),
    );
    setRunning(false);
  };

  return { results, list, isRunning, run };
}

/** Tests every goal that is on, with what is in the form, saved or not. */
export function TestAllTab({ tracker, form }: { tracker: Tracker; form: TrackerForm }): ReactElement {
  const { results, list, isRunning, run } = useTests(tracker, form);
  const total = list.length;
  const { postbacks, isFresh } = form.change;
  const enabled = (postbacks ?? []).filter((p) => p.enabled);
  const good = results.filter(({ test }) => test?.state === "DELIVERED").length;
  return (
    <div className="flex flex-col gap-4">
      {form.isDirty && (
        <Note tone="queued">What you changed is not saved yet: it is tested as it is in the form.</Note>
      )}
      <Panel
        title="Test all goals"
        flush
        aside={
          <Button
            writes
            look="primary"
            size="sm"
            icon={Zap}
            isPending={isRunning}
            isDisabled={!isFresh || enabled.length === 0}
            onPress={() => void run(enabled)}
          >
            Test all goals
          </Button>
        }
      >
        <p role="status" className="border-b px-4 py-2 text-muted">
          {isRunning
            ? `Testing ${String(results.length + 1)} of ${String(total)}…`
            : total === 0
              ? "Sends a real request for each goal that is on, marked as a test: not in any report, in the log only on request."
              : `${String(good)} of ${String(total)} accepted`}
        </p>
        <ul aria-label="Tests" className="divide-y">
          {results.map((result) => (
            <ResultLine key={result.key} result={result} />
          ))}
          {isRunning && results.length < total && (
            <li className="flex items-center gap-2 px-4 py-2.5 text-muted">
              <LoaderCircle aria-hidden className="size-4 animate-spin" />
              {list[results.length]}
            </li>
          )}
        </ul>
      </Panel>
    </div>
  );
}

function ResultLine({ result: { goal, test, fault } }: { result: Result }): ReactElement {
  const isGood = test?.state === "DELIVERED";
  const Icon = isGood ? CircleCheck : CircleX;
  const head = (
    <>
      <Icon
        role="img"
        aria-label={isGood ? "Accepted" : "Not accepted"}
        className={cx("mt-0.5 size-4 shrink-0", isGood ? "text-delivered" : "text-failed")}
      />
      <span className="min-w-0 flex-1">
        <span className="font-medium">{goal}</span>
        <span className="block text-muted">{test?.verdict ?? fault ?? "The server did not answer."}</span>
      </span>
    </>
  );
  if (test === null) return <li className="flex items-start gap-2 px-4 py-2.5">{head}</li>;
  return (
    <li className="px-4 py-2.5">
      <details className="group">
        <summary className="flex cursor-default list-none items-start gap-2">
          {head}
          <StatusCode code={test.statusCode} />
          <span className="tabular text-muted">{formatDuration(test.durationMs)}</span>
          <ChevronRight
            aria-hidden
            className="mt-0.5 size-4 shrink-0 text-muted transition-transform duration-100 group-open:rotate-90"
          />
        </summary>
        <div className="mt-3 pl-6">
          <TestResult test={test} />
        </div>
      </details>
    </li>
  );
}
