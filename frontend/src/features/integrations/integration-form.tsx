import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { plural } from "@/components/ui/format";
import { GeneralError } from "@/components/ui/general-error";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/components/ui/toast";
import { useUnsavedValues } from "@/components/ui/unsaved";

import { DemandSwitches } from "./demands";
import {
  type Integration,
  type IntegrationDraft,
  type IntegrationFormPart,
  integrationDraft,
  integrationInput,
  withNames,
} from "./integration-draft";
import { Mappings } from "./mappings";
import { Unsaid } from "./unsaid";
import { UpdateIntegration } from "./update-integration";

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
  "defaultStatuses",
];

/** What an integration must prove, and what the operator's words mean. */
export function IntegrationForm({
  integration,
  used,
  onSaved,
}: {
  integration: Integration;
  /** The operator's parameters that are to be mapped: each gets a row, in which ours is chosen. */
  used: readonly string[];
  onSaved: () => void;
}): ReactElement {
  const [draft, setDraft] = useState(() => integrationDraft(integration));
  const [taken, setTaken] = useState<readonly string[]>([]);
  if (taken !== used) {
    setTaken(used);
    setDraft({ ...draft, names: withNames(draft.names, used) });
  }
  const { errors, isSaving, save } = useSave(UpdateIntegration, "updateIntegration", fields);
  const saved = useUnsavedValues(draft);
  const set = (change: Partial<IntegrationDraft>) => {
    setDraft((now) => ({ ...now, ...change }));
  };
  const submit = async () => {
    const payload = await save({ id: integration.id, ...integrationInput(draft) });
    if (!payload) return;
    saved();
    toast(
      payload.mapped > 0
        ? `Saved; ${plural(payload.mapped, "conversion", "conversions")} updated`
        : `Saved ${draft.name}; applies from the next request`,
    );
    onSaved();
  };

  return (
    <Form className="grid gap-4 sm:grid-cols-2" onSubmit={() => void submit()}>
      <div className="empty:hidden sm:col-span-2">
        <GeneralError text={errors.general} />
      </div>
      <TextField
        label="Name"
        value={draft.name}
        onChange={(name) => {
          set({ name });
        }}
        isRequired
        error={errors.fields["name"]}
      />
      <TextField
        label="Default currency"
        value={draft.currency}
        onChange={(currency) => {
          set({ currency });
        }}
        placeholder={`${integration.offer.currency}, the offer's`}
        error={errors.fields["currency"]}
      />
      <Switches draft={draft} set={set} errors={errors} />
      {draft.requireSignature && <Signature draft={draft} set={set} errors={errors} />}
      <Callers draft={draft} set={set} errors={errors} />
      <Mappings draft={draft} set={set} errors={errors} used={used.length} />
      <Unsaid draft={draft} set={set} errors={errors} />
      <div className="flex justify-end sm:col-span-2">
        <Button type="submit" look="primary" isPending={isSaving}>
          Save integration
        </Button>
      </div>
    </Form>
  );
}

/** Whether it takes calls, and what each must prove. */
function Switches({ draft, set }: IntegrationFormPart): ReactElement {
  return (
    <>
      <div>
        <Switch
          isSelected={draft.enabled}
          onChange={(enabled) => {
            set({ enabled });
          }}
        >
          Enabled
        </Switch>
      </div>
      <DemandSwitches demands={draft} set={set} />
    </>
  );
}

/** Where the signature stands, and how old it may be. */
function Signature({ draft, set, errors }: IntegrationFormPart): ReactElement {
  return (
    <>
      <TextField
        label="Signature header"
        mono
        value={draft.signatureHeader}
        onChange={(signatureHeader) => {
          set({ signatureHeader });
        }}
        placeholder="X-Signature"
        error={errors.fields["signatureHeader"]}
      />
      <TextField
        label="Timestamp parameter or header"
        mono
        value={draft.timestampName}
        onChange={(timestampName) => {
          set({ timestampName });
        }}
        hint="A header is signed with the text: {timestamp}.{text}"
        error={errors.fields["timestampName"]}
      />
      {draft.timestampName !== "" && (
        <TextField
          label="Signature lifetime (seconds)"
          value={draft.timestampWindow}
          onChange={(timestampWindow) => {
            set({ timestampWindow });
          }}
          inputMode="numeric"
          placeholder="300"
          error={errors.fields["timestampWindow"]}
        />
      )}
    </>
  );
}

/** Who may call, and how often. */
function Callers({ draft, set, errors }: IntegrationFormPart): ReactElement {
  return (
    <>
      <TextField
        label="Allowed IPs"
        rows={2}
        mono
        value={draft.addresses}
        onChange={(addresses) => {
          set({ addresses });
        }}
        placeholder={"203.0.113.0/24"}
        hint="IP addresses or CIDR blocks. Empty: any."
        error={errors.fields["allowedAddresses"]}
      />
      <TextField
        label="Rate limit (per second)"
        value={draft.rateLimit}
        onChange={(rateLimit) => {
          set({ rateLimit });
        }}
        inputMode="numeric"
        placeholder="No limit"
        error={errors.fields["rateLimit"]}
      />
    </>
  );
}
