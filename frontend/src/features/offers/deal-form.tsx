import { type ReactElement, useState } from "react";

import { useAffiliateChoices } from "@/components/records/affiliate-choices";
import { useGoalChoices } from "@/components/records/choices";
import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { ComboBox } from "@/components/ui/combo-box";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import type { FormErrors } from "@/graphql/user-errors";

import { type DealDraft, dealInput, newDeal, paysAmount, paysPercent } from "./deal-draft";
import { DealTiers } from "./deal-tiers";

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

const fields = ["model", "amount", "percent", "leadGoal", "currency", "validFrom", "affiliateId", "tiers"];

interface DealFields {
  draft: DealDraft;
  set: (change: Partial<DealDraft>) => void;
  errors: FormErrors;
}

/** A deal to be made. The one that holds then ends where it begins. */
export function DealForm({
  offerId,
  currency,
  onSaved,
}: {
  offerId: string;
  currency: string;
  onSaved: () => void;
}): ReactElement {
  const [draft, setDraft] = useState(() => newDeal(currency));
  const { errors, isSaving, save } = useSave(CreateDeal, "createDeal", fields);
  const { model, ...typed } = draft;
  useUnsavedValues(typed);
  const set = (change: Partial<DealDraft>) => {
    setDraft((now) => ({ ...now, ...change }));
  };
  const submit = async () => {
    const payload = await save({ offerId, ...dealInput(draft) });
    if (payload) onSaved();
  };

  return (
    <Form className="grid gap-4 sm:grid-cols-2" onSubmit={() => void submit()}>
      <div className="empty:hidden sm:col-span-2">
        <GeneralError text={errors.general} />
      </div>
      <ModelChoice draft={draft} set={set} errors={errors} />
      <Pays draft={draft} set={set} errors={errors} />
      <Applies draft={draft} set={set} errors={errors} />
      {paysPercent(model) && (
        <Switch
          isSelected={draft.negativeCarryover}
          onChange={(negativeCarryover) => {
            set({ negativeCarryover });
          }}
          className="sm:col-span-2"
        >
          Negative carryover
        </Switch>
      )}
      <DealTiers draft={draft} set={set} error={errors.fields["tiers"]} />
      <div className="flex justify-end sm:col-span-2">
        <Button type="submit" look="primary" isPending={isSaving}>
          Create deal
        </Button>
      </div>
    </Form>
  );
}

function ModelChoice({ draft, set, errors }: DealFields): ReactElement {
  return (
    <Segmented
      label="Model"
      className="sm:col-span-2"
      value={draft.model}
      onChange={(model) => {
        set({ model });
      }}
      error={errors.fields["model"]}
      choices={[
        { id: "CPA", label: "CPA" },
        { id: "CPL", label: "CPL" },
        { id: "REVSHARE", label: "RevShare" },
        { id: "HYBRID", label: "Hybrid" },
      ]}
    />
  );
}

/** How much a deal pays, and for what: as its model wants it. */
function Pays({ draft, set, errors }: DealFields): ReactElement {
  const goals = useGoalChoices();
  const { model } = draft;
  return (
    <>
      {paysAmount(model) && (
        <TextField
          label={model === "CPL" ? "Per lead" : "Per qualified player"}
          value={draft.amount}
          onChange={(amount) => {
            set({ amount });
          }}
          inputMode="decimal"
          error={errors.fields["amount"]}
        />
      )}
      {paysPercent(model) && (
        <TextField
          label="Percent of NGR"
          value={draft.percent}
          onChange={(percent) => {
            set({ percent });
          }}
          inputMode="decimal"
          error={errors.fields["percent"]}
        />
      )}
      {model === "CPL" && (
        <Select
          label="Lead goal"
          choices={goals}
          value={draft.leadGoal}
          onChange={(leadGoal) => {
            set({ leadGoal });
          }}
          error={errors.fields["leadGoal"]}
        />
      )}
      <TextField
        label="Currency"
        value={draft.currency}
        onChange={(currency) => {
          set({ currency });
        }}
        error={errors.fields["currency"]}
      />
    </>
  );
}

/** Whom a deal is with, and from when to when. */
function Applies({ draft, set, errors }: DealFields): ReactElement {
  const affiliates = useAffiliateChoices(draft.affiliateId);
  return (
    <>
      <ComboBox
        label="Applies to"
        what="affiliate"
        {...affiliates}
        value={draft.affiliateId}
        onChange={(affiliateId) => {
          set({ affiliateId });
        }}
        placeholder="All affiliates"
        hint="Empty: the default deal. An affiliate's deal overrides it."
        error={errors.fields["affiliateId"]}
      />
      <TextField
        label="From"
        type="date"
        value={draft.from}
        onChange={(from) => {
          set({ from });
        }}
        hint="At 00:00 UTC. Empty: always."
        error={errors.fields["validFrom"]}
      />
      <TextField
        label="To"
        type="date"
        value={draft.to}
        onChange={(to) => {
          set({ to });
        }}
        hint="Empty: no end."
      />
    </>
  );
}
