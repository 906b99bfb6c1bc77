import { ChevronRight, Zap } from "lucide-react";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { type CombinedError, useMutation, useQuery } from "urql";

import { StatusCode } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Form } from "@/components/ui/form";
import { formatDuration } from "@/components/ui/format";
import { isNarrow } from "@/components/ui/narrow";
import { Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { explain } from "@/graphql/client";
import type { ResultOf } from "@/graphql/graphql";

import { GoalChoice } from "./goal-choice";
import { MacroValues, PreviewedUrl, usePreview, valueInputs } from "./preview";
import { useTestValues } from "./testfire/saved-values";
import { Scenarios } from "./testfire/scenarios";
import { FireTest, PastTests, type PostbackTest } from "./testfire/test-parts";
import { TestResult } from "./testfire/test-result";

const noTests: readonly PostbackTest[] = [];

interface Tested {
  id: string;
  urlTemplate: string;
  method: "GET" | "POST";
  goal: { key: string; name: string };
  furtherGoals: readonly { key: string; name: string }[];
}

/** Fires a saved postback by hand, for one of its goals: with the server's samples, or the values that were typed last. */
export function TestTab({ postback }: { postback: Tested }): ReactElement {
  const [goal, setGoal] = useState(postback.goal.key);
  const [{ data, fetching }, refetch] = useQuery({
    query: PastTests,
    variables: { id: postback.id },
    requestPolicy: "cache-and-network",
  });
  const node = data?.node;
  const tests = node && "tests" in node ? node.tests : noTests;
  if (!data && fetching) return <SkeletonBlock label="Loading the tests" />;
  return (
    <Loaded
      key={`${goal} ${postback.urlTemplate}`}
      postback={postback}
      goal={goal}
      onGoal={setGoal}
      tests={tests}
      onFired={() => {
        refetch({ requestPolicy: "network-only" });
      }}
    />
  );
}

function Loaded({
  postback,
  goal,
  onGoal,
  tests,
  onFired,
}: {
  postback: Tested;
  goal: string;
  onGoal: (goal: string) => void;
  tests: readonly PostbackTest[];
  onFired: () => void;
}): ReactElement {
  const [values, setValues] = useTestValues(postback.id, goal);
  const { preview } = usePreview({
    postback: { id: postback.id, urlTemplate: postback.urlTemplate },
    goal,
    values,
  });
  const [{ data, error, fetching }, fire] = useMutation(FireTest);
  const input = { postback: { id: postback.id }, goal, values: valueInputs(values) };

  return (
    <div className="grid items-start gap-4 lg:grid-cols-[24rem_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-4">
        <Panel title="Values">
          <Form className="flex flex-col gap-3" onSubmit={() => void fire({ input }).then(onFired)}>
            <GoalChoice
              label="Goal"
              goals={[postback.goal, ...postback.furtherGoals]}
              value={goal}
              onChange={onGoal}
            />
            {preview?.samples.length === 0 && (
              <p className="text-muted">The URL has no macros: it is sent as it is.</p>
            )}
            <MacroValues samples={preview?.samples ?? []} values={values} onValues={setValues} />
            {preview !== null && <PreviewedUrl preview={preview} method={postback.method} tests={tests} />}
            <Button type="submit" look="primary" icon={Zap} isPending={fetching}>
              Fire test
            </Button>
            <p className="text-sm text-muted">
              Sends a real request to your tracker, marked as a test: not in any report, in the log only on
              request.
            </p>
          </Form>
        </Panel>
        <Scenarios input={input} onRun={onFired} />
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <Response payload={data?.testPostback} error={error} />
        {tests.length > 0 && <Past tests={tests} />}
      </div>
    </div>
  );
}

type Payload = ResultOf<typeof FireTest>["testPostback"];

/** What the tracker answered to the last test. */
function Response({
  payload,
  error,
}: {
  payload: Payload | undefined;
  error: CombinedError | undefined;
}): ReactElement {
  const fault = error ? explain(error) : (payload?.userErrors[0]?.message ?? null);
  const answer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a phone it stands further down than what was pressed.
    if (payload && isNarrow()) answer.current?.scrollIntoView();
  }, [payload]);

  return (
    <Panel title="Tracker response">
      <div ref={answer} role="status" className="scroll-mt-16">
        {fault !== null ? (
          <p className="text-failed">{fault}</p>
        ) : payload?.test ? (
          <TestResult test={payload.test} />
        ) : (
          <p className="text-muted">No test fired yet.</p>
        )}
      </div>
    </Panel>
  );
}

function Past({ tests }: { tests: readonly PostbackTest[] }): ReactElement {
  return (
    <Panel title="Past tests" flush>
      <ul className="divide-y">
        {tests.map((test) => (
          <li key={test.id} className="px-4 py-2">
            <details className="group">
              <summary className="flex cursor-default list-none flex-wrap items-center gap-x-3 gap-y-0.5">
                <ChevronRight
                  aria-hidden
                  className="size-3.5 text-muted transition-transform duration-100 group-open:rotate-90"
                />
                <Time at={test.firedAt} />
                <StatusCode code={test.statusCode} />
                <span className="tabular text-muted">{formatDuration(test.durationMs)}</span>
                {test.scenario !== null && (
                  <span className="text-muted">{test.scenario.toLowerCase().replaceAll("_", " ")}</span>
                )}
                <span className="min-w-0 flex-1 truncate text-muted">{test.verdict}</span>
              </summary>
              <div className="py-3">
                <TestResult test={test} />
              </div>
            </details>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
