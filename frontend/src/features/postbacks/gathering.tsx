import type { ReactElement } from "react";

import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";

import { type Draft, spanInWords } from "./draft";

/** How long people gather; what is set already is offered too. */
const spans = [10, 30, 60, 300, 600, 1800, 3600, 21_600, 43_200, 86_400];

type How = "EACH" | "GATHERED";

/** Whether each conversion is sent by itself, or what a click brings within a while in one request. */
export function Gathering({
  draft,
  set,
  error,
}: {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  error: string | undefined;
}): ReactElement {
  const { gatherSeconds, goals } = draft;
  const offered = [...new Set([...spans, ...(gatherSeconds === null ? [] : [gatherSeconds])])].sort(
    (a, b) => a - b,
  );
  return (
    <div className="flex flex-col gap-4">
      <Segmented<How>
        label="Requests"
        value={gatherSeconds === null ? "EACH" : "GATHERED"}
        onChange={(how) => {
          set(how === "EACH" ? { gatherSeconds: null, goals: goals.slice(0, 1) } : { gatherSeconds: 600 });
        }}
        choices={[
          { id: "EACH", label: "One for each" },
          { id: "GATHERED", label: "Gathered" },
        ]}
      />
      {gatherSeconds !== null && (
        <Select
          label="Gather for"
          hint="From the first conversion of a click on. Use {count}, {sum_amount}, {sum_payout} and {goal_names} in the URL; what is reversed before the time is over is not told."
          choices={offered.map((seconds) => ({ id: String(seconds), label: spanInWords(seconds) }))}
          value={String(gatherSeconds)}
          onChange={(seconds) => {
            set({ gatherSeconds: Number(seconds) });
          }}
          error={error}
        />
      )}
    </div>
  );
}
