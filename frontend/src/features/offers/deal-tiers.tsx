import { Plus } from "lucide-react";
import type { ReactElement } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";

import { type DealDraft, type Model, paysAmount, paysPercent, type Tier } from "./deal-draft";

/** The monthly tiers of a deal: from so many, or from so much, it pays otherwise. */
export function DealTiers({
  draft: { model, tierBy, tiers },
  set,
  error,
}: {
  draft: DealDraft;
  set: (change: Partial<DealDraft>) => void;
  error: string | undefined;
}): ReactElement {
  return (
    <fieldset className="flex flex-col gap-3 rounded-md border p-4 sm:col-span-2">
      <legend className="px-1 text-sm font-semibold">Monthly tiers</legend>
      {tiers.length > 0 && (
        <Segmented
          label="Tiers based on"
          value={tierBy}
          onChange={(by) => {
            set({ tierBy: by });
          }}
          choices={[
            { id: "COUNT", label: "Count" },
            { id: "REVENUE", label: "NGR" },
          ]}
        />
      )}
      {tiers.map((tier, i) => (
        <TierRow
          key={i}
          model={model}
          tier={tier}
          onChange={(part) => {
            set({ tiers: tiers.map((one, n) => (n === i ? { ...one, ...part } : one)) });
          }}
        />
      ))}
      {error !== undefined && <p className="text-sm text-failed">{error}</p>}
      <div>
        <Button
          size="sm"
          icon={Plus}
          onPress={() => {
            set({ tiers: [...tiers, { from: "", amount: "", percent: "" }] });
          }}
        >
          Add tier
        </Button>
      </div>
    </fieldset>
  );
}

function TierRow({
  model,
  tier,
  onChange,
}: {
  model: Model;
  tier: Tier;
  onChange: (part: Partial<Tier>) => void;
}): ReactElement {
  return (
    <div className="grid grid-cols-3 gap-3">
      <TextField
        label="From"
        value={tier.from}
        onChange={(from) => {
          onChange({ from });
        }}
      />
      {paysAmount(model) && (
        <TextField
          label="Pays"
          value={tier.amount}
          onChange={(amount) => {
            onChange({ amount });
          }}
        />
      )}
      {paysPercent(model) && (
        <TextField
          label="Percent"
          value={tier.percent}
          onChange={(percent) => {
            onChange({ percent });
          }}
        />
      )}
    </div>
  );
}
