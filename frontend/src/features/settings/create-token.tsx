import { KeyRound } from "lucide-react";
import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { Checkbox, CheckboxGroup } from "@/components/ui/checkbox";
import { CopyButton } from "@/components/ui/copy-button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { Select } from "@/components/ui/select";
import { Note } from "@/components/ui/states";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const CreateToken = mutation(
  graphql(`
    mutation CreateApiToken($input: CreateApiTokenInput!) {
      createApiToken(input: $input) {
        token {
          id
          name
        }
        secret
        userErrors {
          field
          message
        }
      }
    }
  `),
  "viewer.apiTokens",
);

const scopes = [
  { id: "READ", label: "Read", hint: "everything you can see" },
  { id: "WRITE", label: "Write", hint: "campaigns, postbacks and settings" },
  { id: "CONVERSIONS", label: "Conversions", hint: "record them and change their status" },
  { id: "REPLAY", label: "Replay", hint: "deliveries" },
  { id: "SECRETS", label: "Secrets", hint: "read and change them, and create API tokens" },
] as const;

/** Ticked in a new token's form: what opens further doors is chosen on purpose. */
const usual = scopes.map((scope) => scope.id).filter((id) => id !== "SECRETS");

const lives = [
  { id: "never", label: "Never" },
  { id: "30", label: "In 30 days" },
  { id: "90", label: "In 90 days" },
  { id: "365", label: "In a year" },
];

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}

/** A token to be made; then its secret, which is shown this once. */
export function CreateTokenForm({ onDone }: { onDone: () => void }): ReactElement {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>(usual);
  const [life, setLife] = useState("never");
  const [secret, setSecret] = useState<string | null>(null);
  const { errors, setErrors, isSaving, save } = useSave(CreateToken, "createApiToken", [
    "name",
    "scopes",
    "expiresAt",
  ]);
  const saved = useUnsavedValues({ name, chosen, life });

  const submit = async () => {
    if (chosen.length === 0) {
      setErrors({ fields: { scopes: "Choose at least one." }, general: null });
      return;
    }
    const payload = await save({
      name,
      scopes: scopes.map(({ id }) => id).filter((id) => chosen.includes(id)),
      ...(life !== "never" && { expiresAt: inDays(Number(life)) }),
    });
    if (payload?.secret == null) return;
    // It is made: closing loses nothing that was entered.
    saved();
    setSecret(payload.secret);
  };

  if (secret !== null) return <FreshToken secret={secret} onDone={onDone} />;

  return (
    <Form className="flex flex-col gap-4" onSubmit={() => void submit()}>
      <GeneralError text={errors.general} />
      <TextField
        label="Name"
        placeholder="Reporting script"
        value={name}
        onChange={setName}
        isRequired
        autoFocus
        error={errors.fields["name"]}
      />
      <Permissions value={chosen} onChange={setChosen} error={errors.fields["scopes"]} />
      <Select
        label="Expires"
        choices={lives}
        value={life}
        onChange={setLife}
        error={errors.fields["expiresAt"]}
      />
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Create token
        </Button>
      </div>
    </Form>
  );
}

function Permissions({
  value,
  onChange,
  error,
}: {
  value: string[];
  onChange: (chosen: string[]) => void;
  error: string | undefined;
}): ReactElement {
  return (
    <CheckboxGroup label="Permissions" value={value} onChange={onChange} error={error} className="flex-col">
      {scopes.map((scope) => (
        <Checkbox key={scope.id} value={scope.id}>
          {scope.label} <span className="text-muted">{scope.hint}</span>
        </Checkbox>
      ))}
    </CheckboxGroup>
  );
}

function FreshToken({ secret, onDone }: { secret: string; onDone: () => void }): ReactElement {
  return (
    <div className="flex flex-col gap-4">
      <Note tone="retrying" icon={KeyRound} role="status">
        Copy it now: it is shown once, and only its hash is stored.
      </Note>
      <p translate="no" className="rounded-md border bg-sunken px-3 py-2 font-mono text-sm break-all">
        {secret}
      </p>
      <div className="flex justify-end gap-2">
        <CopyButton text={secret} what="the token" words primary />
        <Button onPress={onDone}>I have saved it</Button>
      </div>
    </div>
  );
}
