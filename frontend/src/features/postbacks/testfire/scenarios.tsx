import { ChevronRight, CircleCheck, CircleX, ListChecks, TriangleAlert } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useMutation } from "urql";

import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Panel } from "@/components/ui/page";
import { explain } from "@/graphql/client";
import type { VariablesOf } from "@/graphql/graphql";

import { RunScenarios, type ScenarioCard } from "./test-parts";
import { TestResult } from "./test-result";

const looks = {
  GOOD: { word: "Good", icon: CircleCheck, tone: "text-delivered" },
  ATTENTION: { word: "Check", icon: TriangleAlert, tone: "text-retrying" },
  PROBLEM: { word: "Problem", icon: CircleX, tone: "text-failed" },
} as const;

/** Seven things that happen in a tracker's life, fired one after the other, and what it answered to each. */
export function Scenarios({
  input,
  onRun,
}: {
  input: VariablesOf<typeof RunScenarios>["input"];
  onRun: () => void;
}): ReactElement {
  const [{ data, error, fetching }, run] = useMutation(RunScenarios);
  const [isStale, setStale] = useState(false);
  const payload = data?.runScenarios;
  const fault = error ? explain(error) : (payload?.userErrors[0]?.message ?? null);
  return (
    <Panel
      title="Scenarios"
      aside={
        <Button
          writes
          size="sm"
          icon={ListChecks}
          isPending={fetching}
          onPress={() => {
            setStale(true);
            void run({ input }).then(() => {
              setStale(false);
              onRun();
            });
          }}
        >
          Run scenarios
        </Button>
      }
      flush={payload?.run != null}
    >
      <div role="status" className={cx(isStale && "opacity-60")}>
        {fault !== null ? (
          <p className="p-4 text-failed">{fault}</p>
        ) : payload?.run == null ? (
          <p className="text-muted">
            Fires seven tests: a normal conversion, the same again, a second deposit, a reversal, an unknown
            click, special characters, a slow answer. See how your tracker handles each.
          </p>
        ) : (
          <ul className="divide-y">
            {payload.run.cards.map((card) => (
              <Card key={card.key} card={card} />
            ))}
          </ul>
        )}
      </div>
    </Panel>
  );
}

function Card({ card }: { card: ScenarioCard }): ReactElement {
  const { word, icon: Icon, tone } = looks[card.grade];
  return (
    <li className="px-4 py-2.5">
      <details className="group">
        <summary className="flex cursor-default list-none items-start gap-2">
          <Icon role="img" aria-label={word} className={cx("mt-0.5 size-4 shrink-0", tone)} />
          <span className="min-w-0 flex-1">
            <span className="font-medium">{card.title}</span>
            <span className="block text-muted">{card.message}</span>
          </span>
          <span translate="no" className="tabular font-mono text-sm text-muted">
            {card.test?.statusCode ?? "–"}
          </span>
          <ChevronRight
            aria-hidden
            className="mt-0.5 size-4 shrink-0 text-muted transition-transform duration-100 group-open:rotate-90"
          />
        </summary>
        <div className="mt-2 flex flex-col gap-3 pl-6">
          <p className="text-muted">
            {card.does} {card.expected}
          </p>
          {card.test !== null && <TestResult test={card.test} />}
        </div>
      </details>
    </li>
  );
}
