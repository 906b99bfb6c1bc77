import { ArrowRight, CircleCheck, CircleX } from "lucide-react";
import type { ReactElement } from "react";

import { Exchange, TimingBar } from "@/components/records/exchange";
import { cx } from "@/components/ui/cx";
import { formatDuration } from "@/components/ui/format";

import type { PostbackTest } from "./test-parts";

/** What one test brought: the verdict first, then where the time went, then both sides of the exchange; `brief` folds those. */
export function TestResult({ test, brief }: { test: PostbackTest; brief?: boolean }): ReactElement {
  const took = test.state === "DELIVERED";
  const Icon = took ? CircleCheck : CircleX;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-start gap-3">
        <span
          translate="no"
          className={cx(
            "tabular shrink-0 rounded-md px-3 py-1.5 font-mono text-2xl font-semibold",
            took ? "bg-delivered-soft text-delivered" : "bg-failed-soft text-failed",
          )}
        >
          {test.statusCode ?? "–"}
        </span>
        <div className="min-w-0">
          <p className="flex items-start gap-1.5 font-medium">
            <Icon
              aria-hidden
              className={cx("mt-0.5 size-4 shrink-0", took ? "text-delivered" : "text-failed")}
            />
            <span>{test.verdict}</span>
          </p>
          {test.nextStep !== null && (
            <p className="mt-1 flex items-start gap-1.5">
              <ArrowRight
                role="img"
                aria-label="Next"
                className="mt-0.5 size-4 shrink-0 text-accent-strong"
              />
              <span>{test.nextStep}</span>
            </p>
          )}
          <p className="mt-1 text-muted">{formatDuration(test.durationMs)} in all</p>
        </div>
      </div>
      <TimingBar timings={test.timings} />
      {brief === true ? (
        <details>
          <summary className="link w-fit cursor-default list-none">Request and response</summary>
          <div className="mt-2 flex flex-col gap-3">
            <Exchange exchange={test} />
          </div>
        </details>
      ) : (
        <Exchange exchange={test} />
      )}
    </div>
  );
}
