import { Plus } from "lucide-react";
import { type ReactElement, useState } from "react";

import { useAffiliateChoices } from "@/components/records/affiliate-choices";
import { useGoalChoices } from "@/components/records/choices";
import { Button } from "@/components/ui/button";
import { ComboBox } from "@/components/ui/combo-box";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { GeneralError } from "@/components/ui/general-error";
import { useSave } from "@/components/records/use-save";

const CreateDeal = mutation(
  graphql(`
    mutation StaffCreateDeal($input: CreateDealInput!) {
      createDeal(input: $input) {
        deal {
          id
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "offers",
  "node",
);

type Model = "CPA" | "CPL" | "REVSHARE" | "HYBRID";

interface Tier {
  from: string;
  amount: string;
  percent: string;
}

/** A deal to be made. The one that holds then ends where it begins. */
export function DealForm({
  offerId,
  currency: given,
  onSaved,
}: {
  offerId: string;
  currency: string;
  onSaved: () => void;
}): ReactElement {
  const goals = useGoalChoices();
  const [model, setModel] = useState<Model>("CPA");
  const [affiliateId, setAffiliateId] = useState<string | null>(null);
  const affiliates = useAffiliateChoices(affiliateId);
  const [amount, setAmount] = useState("");
  const [percent, setPercent] = useState("");
  const [leadGoal, setLeadGoal] = useState("registration");
  const [currency, setCurrency] = useState(given);
  const [from, setFrom] = useState(() => new Date().toISOString().slice(0, 10));
  const [to, setTo] = useState("");
  const [negativeCarryover, setNegativeCarryover] = useState(true);
  const [tierBy, setTierBy] = useState<"COUNT" | "REVENUE">("COUNT");
  const [tiers, setTiers] = useState<Tier[]>([]);
  const { errors, isSaving, save } = useSave(CreateDeal, "createDeal", [
    "model",
    "amount",
    "percent",
    "leadGoal",
    "currency",
    "validFrom",
    "affiliateId",
    "tiers",
  ]);
  useUnsavedValues([
    affiliateId,
    amount,
    percent,
    leadGoal,
    currency,
    from,
    to,
    negativeCarryover,
    tierBy,
    tiers,
  ]);
  const paysAmount = model !== "REVSHARE";
  const paysPercent = model === "REVSHARE" || model === "HYBRID";
  const change = (i: number, part: Partial<Tier>) => {
    setTiers(tiers.map((tier, n) => (n === i ? { ...tier, ...part } : tier)));
  };

  const submit = async () => {
    const payload = await save({
      offerId,
      model,
      currency,
      negativeCarryover,
      ...(affiliateId !== null && { affiliateId }),
      ...(paysAmount && { amount }),
      ...(paysPercent && { percent }),
      ...(model === "CPL" && { leadGoal }),
      ...(from !== "" && { validFrom: `${from}T00:00:00Z` }),
      ...(to !== "" && { validTo: `${to}T00:00:00Z` }),
      ...(tiers.length > 0 && {
        tierBy,
        tiers: tiers.map((tier) => ({
          from: tier.from,
          ...(paysAmount && { amount: tier.amount }),
          ...(paysPercent && { percent: tier.percent }),
        })),
      }),
    });
    if (payload) onSaved();
  };

  return (
    <Form className="grid gap-4 sm:grid-cols-2" onSubmit={() => void submit()}>
      <div className="empty:hidden sm:col-span-2">
        <GeneralError text={errors.general} />
      </div>
      <Segmented
        label="Model"
        className="sm:col-span-2"
        value={model}
        onChange={setModel}
        error={errors.fields["model"]}
        choices={[
          { id: "CPA", label: "CPA" },
          { id: "CPL", label: "CPL" },
          { id: "REVSHARE", label: "RevShare" },
          { id: "HYBRID", label: "Hybrid" },
        ]}
      />
      {paysAmount && (
        <TextField
          label={model === "CPL" ? "Per lead" : "Per qualified player"}
          value={amount}
          onChange={setAmount}
          inputMode="decimal"
          error={errors.fields["amount"]}
        />
      )}
      {paysPercent && (
        <TextField
          label="Percent of NGR"
          value={percent}
          onChange={setPercent}
          inputMode="decimal"
          error={errors.fields["percent"]}
        />
      )}
      {model === "CPL" && (
        <Select
          label="Lead goal"
          choices={goals}
          value={leadGoal}
          onChange={setLeadGoal}
          error={errors.fields["leadGoal"]}
        />
      )}
      <TextField label="Currency" value={currency} onChange={setCurrency} error={errors.fields["currency"]} />
      <ComboBox
        label="Applies to"
        what="affiliate"
        {...affiliates}
        value={affiliateId}
        onChange={setAffiliateId}
        placeholder="All affiliates"
        hint="Empty: the default deal. An affiliate's deal overrides it."
        error={errors.fields["affiliateId"]}
      />
      <TextField
        label="From"
        type="date"
        value={from}
        onChange={setFrom}
        hint="At 00:00 UTC. Empty: always."
        error={errors.fields["validFrom"]}
      />
      <TextField label="To" type="date" value={to} onChange={setTo} hint="Empty: no end." />
      {paysPercent && (
        <Switch isSelected={negativeCarryover} onChange={setNegativeCarryover} className="sm:col-span-2">
          Negative carryover
        </Switch>
      )}
      <fieldset className="flex flex-col gap-3 rounded-md border p-4 sm:col-span-2">
        <legend className="px-1 text-sm font-semibold">Monthly tiers</legend>
        {tiers.length > 0 && (
          <Segmented
            label="Tiers based on"
            value={tierBy}
            onChange={setTierBy}
            choices={[
              { id: "COUNT", label: "Count" },
              { id: "REVENUE", label: "NGR" },
            ]}
          />
        )}
        {tiers.map((tier, i) => (
          <div key={i} className="grid grid-cols-3 gap-3">
            <TextField
              label="From"
              value={tier.from}
              onChange={(value) => {
                change(i, { from: value });
              }}
            />
            {paysAmount && (
              <TextField
                label="Pays"
                value={tier.amount}
                onChange={(value) => {
                  change(i, { amount: value });
                }}
              />
            )}
            {paysPercent && (
              <TextField
                label="Percent"
                value={tier.percent}
                onChange={(value) => {
                  change(i, { percent: value });
                }}
              />
            )}
          </div>
        ))}
        {errors.fields["tiers"] !== undefined && (
          <p className="text-sm text-failed">{errors.fields["tiers"]}</p>
        )}
        <div>
          <Button
            size="sm"
            icon={Plus}
            onPress={() => {
              setTiers([...tiers, { from: "", amount: "", percent: "" }]);
            }}
          >
            Add tier
          </Button>
        </div>
      </fieldset>
      <div className="flex justify-end sm:col-span-2">
        <Button type="submit" look="primary" isPending={isSaving}>
          Create deal
        </Button>
      </div>
    </Form>
  );
}
