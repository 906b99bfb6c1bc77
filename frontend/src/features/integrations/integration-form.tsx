import { type ReactElement, useState } from "react";

import { useGoalChoices } from "@/components/records/choices";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/components/ui/toast";
import { useUnsavedValues } from "@/components/ui/unsaved";

import { MappingTable } from "./mapping-table";
import { GeneralError } from "@/components/ui/general-error";
import { SaveIntegration } from "./save-integration";
import { useSave } from "@/components/records/use-save";
import { filled, type Word } from "./words";

interface Integration {
  id: string;
  name: string;
  enabled: boolean;
  testMode: boolean;
  requireHttps: boolean;
  requireToken: boolean;
  requireSignature: boolean;
  signatureHeader: string;
  timestampName: string;
  timestampWindow: number | null;
  allowedAddresses: readonly string[];
  rateLimit: number | null;
  currency: string;
  offer: { currency: string };
  parameterMapping: readonly Word[];
  goalMapping: readonly Word[];
  statusMapping: readonly Word[];
}

const fields = [
  "name",
  "signatureHeader",
  "timestampName",
  "timestampWindow",
  "allowedAddresses",
  "rateLimit",
  "currency",
  "parameterMapping",
  "goalMapping",
  "statusMapping",
];

const parameterChoices = [
  "goal",
  "click_id",
  "player_id",
  "transaction_id",
  "amount",
  "currency",
  "status",
  "occurred_at",
  "token",
  "signature",
].map((id) => ({ id, label: id }));

const statusChoices = [
  { id: "approved", label: "Approved" },
  { id: "pending", label: "Pending" },
  { id: "rejected", label: "Rejected" },
  { id: "cancelled", label: "Cancelled" },
];

/** What an integration must prove, and what the operator's words mean. */
export function IntegrationForm({
  integration,
  onSaved,
}: {
  integration: Integration;
  onSaved: () => void;
}): ReactElement {
  const [name, setName] = useState(integration.name);
  const [enabled, setEnabled] = useState(integration.enabled);
  const [testMode, setTestMode] = useState(integration.testMode);
  const [requireHttps, setHttps] = useState(integration.requireHttps);
  const [requireToken, setToken] = useState(integration.requireToken);
  const [requireSignature, setSignature] = useState(integration.requireSignature);
  const [signatureHeader, setHeader] = useState(integration.signatureHeader);
  const [timestampName, setStamp] = useState(integration.timestampName);
  const [timestampWindow, setWindow] = useState(String(integration.timestampWindow ?? ""));
  const [addresses, setAddresses] = useState(integration.allowedAddresses.join("\n"));
  const [rateLimit, setRate] = useState(String(integration.rateLimit ?? ""));
  const [currency, setCurrency] = useState(integration.currency);
  const [names, setNames] = useState(integration.parameterMapping);
  const [goals, setGoals] = useState(integration.goalMapping);
  const [statuses, setStatuses] = useState(integration.statusMapping);
  const goalChoices = useGoalChoices();
  const { errors, isSaving, save } = useSave(SaveIntegration, "saveIntegration", fields);
  const saved = useUnsavedValues([
    [name, enabled, testMode, requireHttps, requireToken, requireSignature, signatureHeader, timestampName],
    [timestampWindow, addresses, rateLimit, currency, names, goals, statuses],
  ]);

  const submit = async () => {
    const payload = await save({
      id: integration.id,
      name,
      enabled,
      testMode,
      requireHttps,
      requireToken,
      requireSignature,
      signatureHeader,
      timestampName,
      timestampWindow: Number.parseInt(timestampWindow, 10) || 0,
      allowedAddresses: addresses.split(/[\s,]+/).filter(Boolean),
      rateLimit: Number.parseInt(rateLimit, 10) || 0,
      currency,
      parameterMapping: filled(names),
      goalMapping: filled(goals),
      statusMapping: filled(statuses),
    });
    if (!payload) return;
    saved();
    toast(
      payload.mapped > 0
        ? `Saved; ${String(payload.mapped)} conversions updated`
        : `Saved ${name}; applies from the next request`,
    );
    onSaved();
  };

  return (
    <Form className="grid gap-4 sm:grid-cols-2" onSubmit={() => void submit()}>
      <div className="empty:hidden sm:col-span-2">
        <GeneralError text={errors.general} />
      </div>
      <TextField label="Name" value={name} onChange={setName} isRequired error={errors.fields["name"]} />
      <TextField
        label="Default currency"
        value={currency}
        onChange={setCurrency}
        placeholder={`${integration.offer.currency}, the offer's`}
        error={errors.fields["currency"]}
      />
      <div className="flex flex-col gap-2">
        <Switch isSelected={enabled} onChange={setEnabled}>
          Enabled
        </Switch>
        <Switch isSelected={testMode} onChange={setTestMode}>
          Test mode: requests are checked and logged, nothing is recorded
        </Switch>
      </div>
      <div className="flex flex-col gap-2">
        <Switch isSelected={requireToken} onChange={setToken}>
          Require a token
        </Switch>
        <Switch isSelected={requireSignature} onChange={setSignature}>
          Require a signature (HMAC-SHA256)
        </Switch>
        <Switch isSelected={requireHttps} onChange={setHttps}>
          Require HTTPS
        </Switch>
      </div>
      {requireSignature && (
        <>
          <TextField
            label="Signature header"
            mono
            value={signatureHeader}
            onChange={setHeader}
            placeholder="X-Signature"
            error={errors.fields["signatureHeader"]}
          />
          <TextField
            label="Timestamp parameter or header"
            mono
            value={timestampName}
            onChange={setStamp}
            hint="A header is signed with the text: {timestamp}.{text}"
            error={errors.fields["timestampName"]}
          />
          {timestampName !== "" && (
            <TextField
              label="Signature lifetime (seconds)"
              value={timestampWindow}
              onChange={setWindow}
              inputMode="numeric"
              placeholder="300"
              error={errors.fields["timestampWindow"]}
            />
          )}
        </>
      )}
      <TextField
        label="Allowed IPs"
        rows={2}
        mono
        value={addresses}
        onChange={setAddresses}
        placeholder={"203.0.113.0/24"}
        hint="IP addresses or CIDR blocks. Empty: any."
        error={errors.fields["allowedAddresses"]}
      />
      <TextField
        label="Rate limit (per second)"
        value={rateLimit}
        onChange={setRate}
        inputMode="numeric"
        placeholder="No limit"
        error={errors.fields["rateLimit"]}
      />
      <div className="sm:col-span-2">
        <MappingTable
          title="Parameter mapping"
          hint="A parameter's name, a path with dots into their JSON, or = and a fixed value, such as =ftd."
          rows={names}
          onChange={setNames}
          ours="from"
          choices={parameterChoices}
          theirs="Operator's parameter"
          placeholder="data.subid"
          error={errors.fields["parameterMapping"]}
        />
      </div>
      <MappingTable
        title="Goal mapping"
        rows={goals}
        onChange={setGoals}
        ours="to"
        choices={goalChoices}
        theirs="Operator's goal"
        placeholder="FIRST_DEPOSIT"
        error={errors.fields["goalMapping"]}
      />
      <MappingTable
        title="Status mapping"
        hint="A status that is not listed waits unmapped and pays nothing."
        rows={statuses}
        onChange={setStatuses}
        ours="to"
        choices={statusChoices}
        theirs="Operator's status"
        placeholder="settled"
        error={errors.fields["statusMapping"]}
      />
      <div className="flex justify-end sm:col-span-2">
        <Button type="submit" look="primary" isPending={isSaving}>
          Save integration
        </Button>
      </div>
    </Form>
  );
}
