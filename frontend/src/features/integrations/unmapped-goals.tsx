import { type ReactElement, useState } from "react";

import { useGoalChoices } from "@/components/records/choices";
import { Button } from "@/components/ui/button";
import { plural } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { Select } from "@/components/ui/select";

import { type GoalToMap, MapGoal } from "./map-goal";
import { UnmapGoal } from "./unmap-goal";

/** An operator's word for a goal, whose reports wait or waited. */
export interface UnmappedGoal {
  word: string;
  count: number;
  refused: number;
  reason: string | null;
  recorded: number;
  mappedTo: { key: string; name: string } | null;
}

/** Goals that came and that nobody knows: once mapped, their reports are recorded as of their time. */
export function UnmappedGoals({
  integrationId,
  goals,
  onChanged,
}: {
  integrationId: string;
  goals: readonly UnmappedGoal[];
  onChanged: () => void;
}): ReactElement | null {
  const [mapping, setMapping] = useState<GoalToMap | null>(null);
  const [undoing, setUndoing] = useState<UnmappedGoal | null>(null);
  const shown = goals.filter(({ count, recorded }) => count > 0 || recorded > 0);
  if (shown.length === 0) return null;
  return (
    <Panel title="Unmapped goals">
      <div className="flex flex-col gap-3">
        <p className="text-muted">
          Reports of goals that nobody knows are kept. Once you map the goal they are recorded, as of their
          time.
        </p>
        {shown.map((goal) => (
          <GoalRow key={goal.word} goal={goal} onMap={setMapping} onUndo={setUndoing} />
        ))}
      </div>
      <MapGoal
        integrationId={integrationId}
        mapping={mapping}
        onClose={() => {
          setMapping(null);
        }}
        onMapped={onChanged}
      />
      <UnmapGoal
        integrationId={integrationId}
        goal={undoing}
        onClose={() => {
          setUndoing(null);
        }}
        onUndone={onChanged}
      />
    </Panel>
  );
}

function GoalRow({
  goal,
  onMap,
  onUndo,
}: {
  goal: UnmappedGoal;
  onMap: (mapping: GoalToMap) => void;
  onUndo: (goal: UnmappedGoal) => void;
}): ReactElement {
  const choices = useGoalChoices();
  const { word, count, mappedTo } = goal;
  return (
    <div className="grid items-center gap-3 sm:grid-cols-[1fr_auto]">
      <GoalInWords goal={goal} />
      {mappedTo === null ? (
        <div className="sm:w-48">
          <Select
            label={`Goal for ${word}`}
            hideLabel
            choices={choices}
            value={null}
            onChange={(key) => {
              onMap({ word, key, name: choices.find(({ id }) => id === key)?.label ?? key });
            }}
            placeholder="Map to…"
          />
        </div>
      ) : (
        <div className="flex flex-wrap gap-2">
          {count > 0 && (
            <Button
              onPress={() => {
                onMap({ word, ...mappedTo });
              }}
            >
              Try again
            </Button>
          )}
          <Button
            onPress={() => {
              onUndo(goal);
            }}
          >
            Undo mapping
          </Button>
        </div>
      )}
    </div>
  );
}

/** "first_dep · 12 reports wait", what became of the others, and why those that were refused still wait. */
function GoalInWords({ goal }: { goal: UnmappedGoal }): ReactElement {
  const { word, count, refused, reason, recorded, mappedTo } = goal;
  const said = [
    mappedTo && `mapped to ${mappedTo.name}`,
    recorded > 0 && `${plural(recorded, "conversion", "conversions")} recorded`,
    count > 0 && plural(count, "report waits", "reports wait"),
  ].filter((part) => part !== null && part !== false);
  return (
    <span className="min-w-0">
      <code translate="no" className="font-mono break-all">
        {word}
      </code>{" "}
      <span className="text-muted">{said.join(", ")}</span>
      {reason !== null && (
        <span className="block text-sm text-muted">
          {plural(refused, "report was refused", "reports were refused")}: {reason}
        </span>
      )}
    </span>
  );
}
