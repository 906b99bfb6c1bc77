import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { plural } from "@/components/ui/format";
import { GeneralError } from "@/components/ui/general-error";
import { Panel } from "@/components/ui/page";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";

import { UpdateIntegration } from "./update-integration";
import type { Word } from "./words";

const meanings = [
  { id: "approved", label: "Approved" },
  { id: "pending", label: "Pending" },
  { id: "rejected", label: "Rejected" },
  { id: "cancelled", label: "Cancelled" },
];

/** Words for a status that came and that nobody knows: once mapped, their conversions count and fire. */
export function Unmapped({
  integrationId,
  words,
  waiting,
  onMapped,
}: {
  integrationId: string;
  words: readonly Word[];
  waiting: readonly { word: string; count: number }[];
  onMapped: () => void;
}): ReactElement {
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const { errors, isSaving, save } = useSave(UpdateIntegration, "updateIntegration");
  const map = async () => {
    const more = Object.entries(chosen).map(([from, to]) => ({ from, to }));
    const payload = await save({ id: integrationId, statusMapping: [...words, ...more] });
    if (!payload) return;
    toast(`${plural(payload.mapped, "conversion", "conversions")} updated`);
    setChosen({});
    onMapped();
  };
  return (
    <Panel title="Unmapped statuses">
      <div className="flex flex-col gap-3">
        <GeneralError text={errors.general} />
        <p className="text-muted">Their conversions are recorded but pay nothing until you map the status.</p>
        {waiting.map(({ word, count }) => (
          <div key={word} className="grid items-end gap-3 sm:grid-cols-[1fr_12rem]">
            <span>
              <code translate="no" className="font-mono">
                {word}
              </code>{" "}
              <span className="text-muted">
                {count} {count === 1 ? "conversion waits" : "conversions wait"}
              </span>
            </span>
            <Select
              label={`Status for ${word}`}
              hideLabel
              choices={meanings}
              value={chosen[word] ?? null}
              onChange={(to) => {
                setChosen({ ...chosen, [word]: to });
              }}
              placeholder="Map to…"
            />
          </div>
        ))}
        <div className="flex justify-end">
          <Button
            look="primary"
            isPending={isSaving}
            isDisabled={Object.keys(chosen).length === 0}
            onPress={() => void map()}
          >
            Map and fire
          </Button>
        </div>
      </div>
    </Panel>
  );
}
