import { type ReactElement, useState } from "react";

import { useGoalChoices } from "@/components/records/choices";
import { Button } from "@/components/ui/button";
import { Checkbox, CheckboxGroup } from "@/components/ui/checkbox";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { GeneralError } from "@/components/ui/general-error";
import { useSave } from "@/components/records/use-save";

const SaveOffer = mutation(
  graphql(`
    mutation StaffSaveOffer($input: SaveOfferInput!) {
      saveOffer(input: $input) {
        offer {
          id
          name
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "offers",
);

const verticals = [
  { id: "CASINO", label: "Casino" },
  { id: "SPORTSBOOK", label: "Sportsbook" },
  { id: "POKER", label: "Poker" },
  { id: "EWALLET", label: "eWallet" },
] as const;

export interface OfferFields {
  id: string;
  name: string;
  operator: string;
  vertical: (typeof verticals)[number]["id"];
  state: "ACTIVE" | "PAUSED";
  currency: string;
  destinationUrl: string | null;
  fallbackUrl: string | null;
  deepLinkHosts: readonly string[];
  attributionWindowDays: number | null;
  dailyCap: number | null;
  qualification: {
    goals: readonly string[];
    minDeposit: string;
    minCumulativeDeposit: string;
    withinDays: number;
    clawbackDays: number;
  } | null;
}

const fields = [
  "name",
  "operator",
  "vertical",
  "destinationUrl",
  "fallbackUrl",
  "deepLinkHosts",
  "currency",
  "attributionWindowDays",
  "dailyCap",
  "qualification",
];

function count(text: string): number {
  return Number.parseInt(text, 10) || 0;
}

/** An offer, new or as it is. */
export function OfferForm({
  offer,
  onSaved,
}: {
  offer: OfferFields | null;
  onSaved: (id: string, name: string) => void;
}): ReactElement {
  const goals = useGoalChoices().filter((goal) => goal.id !== "cpa");
  const [name, setName] = useState(offer?.name ?? "");
  const [operator, setOperator] = useState(offer?.operator ?? "");
  const [vertical, setVertical] = useState(offer?.vertical ?? "CASINO");
  const [state, setState] = useState(offer?.state ?? "ACTIVE");
  const [currency, setCurrency] = useState(offer?.currency ?? "EUR");
  const [destinationUrl, setDestinationUrl] = useState(offer?.destinationUrl ?? "");
  const [fallbackUrl, setFallbackUrl] = useState(offer?.fallbackUrl ?? "");
  const [hosts, setHosts] = useState(offer?.deepLinkHosts.join(" ") ?? "");
  const [window, setWindow] = useState(String(offer?.attributionWindowDays ?? ""));
  const [cap, setCap] = useState(String(offer?.dailyCap ?? ""));
  const rule = offer?.qualification ?? null;
  const [needed, setNeeded] = useState<string[]>([...(rule?.goals ?? [])]);
  const [minDeposit, setMinDeposit] = useState(rule?.minDeposit ?? "");
  const [minCumulativeDeposit, setMinSum] = useState(rule?.minCumulativeDeposit ?? "");
  const [withinDays, setWithinDays] = useState(String(rule?.withinDays ?? ""));
  const [clawbackDays, setClawbackDays] = useState(String(rule?.clawbackDays ?? ""));
  const { errors, isSaving, save } = useSave(SaveOffer, "saveOffer", fields);
  const saved = useUnsavedValues([
    [name, operator, vertical, state, currency, destinationUrl, fallbackUrl, hosts, window, cap],
    [needed, minDeposit, minCumulativeDeposit, withinDays, clawbackDays],
  ]);

  const submit = async () => {
    const payload = await save({
      ...(offer && { id: offer.id }),
      name,
      operator,
      vertical,
      state,
      currency,
      destinationUrl,
      fallbackUrl,
      deepLinkHosts: hosts.split(/[\s,]+/).filter(Boolean),
      attributionWindowDays: count(window),
      dailyCap: count(cap),
      qualification: {
        goals: needed,
        minDeposit: minDeposit || "0",
        minCumulativeDeposit: minCumulativeDeposit || "0",
        withinDays: count(withinDays),
        clawbackDays: count(clawbackDays),
      },
    });
    if (!payload?.offer) return;
    saved();
    onSaved(payload.offer.id, payload.offer.name);
  };

  return (
    <Form className="grid gap-4 sm:grid-cols-2" onSubmit={() => void submit()}>
      <div className="empty:hidden sm:col-span-2">
        <GeneralError text={errors.general} />
      </div>
      <TextField label="Name" value={name} onChange={setName} isRequired error={errors.fields["name"]} />
      <TextField
        label="Operator"
        value={operator}
        onChange={setOperator}
        isRequired
        hint="Its integrations report for all of its offers."
        error={errors.fields["operator"]}
      />
      <Select
        label="Vertical"
        choices={[...verticals]}
        value={vertical}
        onChange={(id) => {
          setVertical(verticals.find((v) => v.id === id)?.id ?? "CASINO");
        }}
        error={errors.fields["vertical"]}
      />
      <TextField
        label="Currency"
        value={currency}
        onChange={setCurrency}
        isRequired
        error={errors.fields["currency"]}
      />
      <TextField
        label="Destination"
        className="sm:col-span-2"
        mono
        value={destinationUrl}
        onChange={setDestinationUrl}
        placeholder="https://play.operator.example/join?cid={click_id}"
        hint="Where players land; must contain {click_id}."
        isRequired
        error={errors.fields["destinationUrl"]}
      />
      <TextField
        label="Fallback URL"
        className="sm:col-span-2"
        mono
        value={fallbackUrl}
        onChange={setFallbackUrl}
        hint="For clicks while paused or over the cap; they are not counted. Empty: 410 Gone."
        error={errors.fields["fallbackUrl"]}
      />
      <TextField
        label="Deep link hosts"
        className="sm:col-span-2"
        mono
        value={hosts}
        onChange={setHosts}
        placeholder="play.operator.example *.operator.example"
        error={errors.fields["deepLinkHosts"]}
      />
      <TextField
        label="Attribution window (days)"
        value={window}
        onChange={setWindow}
        inputMode="numeric"
        hint="Conversions outside the window wait in Unattributed. Empty: no limit."
        error={errors.fields["attributionWindowDays"]}
      />
      <TextField
        label="Daily cap"
        value={cap}
        onChange={setCap}
        inputMode="numeric"
        hint="Paid conversions per day (UTC). Over the cap, conversions are recorded but not paid, and clicks go to the fallback URL. Empty: no cap."
        error={errors.fields["dailyCap"]}
      />
      <Segmented
        label="State"
        value={state}
        onChange={setState}
        choices={[
          { id: "ACTIVE", label: "Active" },
          { id: "PAUSED", label: "Paused" },
        ]}
      />
      <fieldset className="flex flex-col gap-4 rounded-md border p-4 sm:col-span-2">
        <legend className="px-1 text-sm font-semibold">Qualification (CPA)</legend>
        <CheckboxGroup
          label="Required goals"
          value={needed}
          onChange={setNeeded}
          hint="Without goals and minimum deposits, the operator reports who qualifies."
          error={errors.fields["qualification"]}
        >
          {goals.map((goal) => (
            <Checkbox key={goal.id} value={goal.id}>
              {goal.label}
            </Checkbox>
          ))}
        </CheckboxGroup>
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="Minimum deposit"
            value={minDeposit}
            onChange={setMinDeposit}
            inputMode="decimal"
          />
          <TextField
            label="Minimum cumulative deposit"
            value={minCumulativeDeposit}
            onChange={setMinSum}
            inputMode="decimal"
          />
          <TextField
            label="Qualification window (days)"
            value={withinDays}
            onChange={setWithinDays}
            inputMode="numeric"
            hint="From registration. 0: no limit."
          />
          <TextField
            label="Clawback window (days)"
            value={clawbackDays}
            onChange={setClawbackDays}
            inputMode="numeric"
            hint="A reversal within it takes the CPA back. 0: unlimited."
          />
        </div>
      </fieldset>
      <div className="flex justify-end sm:col-span-2">
        <Button type="submit" look="primary" isPending={isSaving}>
          {offer ? "Save offer" : "Create offer"}
        </Button>
      </div>
    </Form>
  );
}
