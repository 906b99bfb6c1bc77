import type { ReactElement } from "react";

import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";

import { type Draft, spanInWords } from "./draft";

/** How long people aggregate; what is set already is offered too. */
const spans = [10, 30, 60, 300, 600, 1800, 3600, 21_600, 43_200, 86_400];

type How = "EACH" | "AGGREGATED";

/** Whether each conversion is sent by itself, or what a click brings within a while in one request. */
export function Aggregation({
  draft,
  set,
  severalGoals,
  error,
}: {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  /** One by one it can have several goals too: a new postback, of which one is made for each. */
  severalGoals: boolean;
  error: string | undefined;
}): ReactElement {
  const { aggregateSeconds, goals } = draft;
  const offered = [...new Set([...spans, ...(aggregateSeconds === null ? [] : [aggregateSeconds])])].sort(
    (a, b) => a - b,
  );
  return (
    <div className="flex flex-col gap-4">
      <Segmented<How>
        label="Requests"
        value={aggregateSeconds === null ? "EACH" : "AGGREGATED"}
        onChange={(how) => {
          set(
            how === "EACH"
              ? { aggregateSeconds: null, goals: severalGoals ? goals : goals.slice(0, 1) }
              : { aggregateSeconds: 600 },
          );
        }}
        choices={[
          { id: "EACH", label: "One per conversion" },
          { id: "AGGREGATED", label: "Aggregated" },
        ]}
      />
      {aggregateSeconds !== null && (
        <Select
          label="Aggregation window"
          hint="Starts with the first conversion of a click. Use {count}, {sum_amount}, {sum_payout} and {goal_names} in the URL; what is reversed within the window is not sent."
          choices={offered.map((seconds) => ({ id: String(seconds), label: spanInWords(seconds) }))}
          value={String(aggregateSeconds)}
          onChange={(seconds) => {
            set({ aggregateSeconds: Number(seconds) });
          }}
          error={error}
        />
      )}
    </div>
  );
}
