import { KeyRound, Plus } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useMutation, useQuery } from "urql";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Checkbox, CheckboxGroup } from "@/components/ui/checkbox";
import { CopyButton } from "@/components/ui/copy-button";
import { Confirm, Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Panel } from "@/components/ui/page";
import { Select } from "@/components/ui/select";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { ErrorState, Note } from "@/components/ui/states";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import { formErrors, noErrors } from "@/graphql/user-errors";

const TokensQuery = graphql(`
  query ApiTokens {
    viewer {
      apiTokens {
        id
        name
        prefix
        scopes
        parentId
        createdAt
        expiresAt
        lastUsedAt
        revokedAt
      }
    }
  }
`);

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

const RevokeToken = mutation(
  graphql(`
    mutation RevokeApiToken($input: RevokeApiTokenInput!) {
      revokeApiToken(input: $input) {
        token {
          id
          revokedAt
        }
        userErrors {
          message
        }
      }
    }
  `),
  "viewer.apiTokens",
);

type Token = NonNullable<NonNullable<ResultOf<typeof TokensQuery>["viewer"]>["apiTokens"]>[number];

const scopes = [
  { id: "read", label: "Read", hint: "everything you can see" },
  { id: "write", label: "Write", hint: "campaigns, postbacks and settings" },
  { id: "conversions", label: "Conversions", hint: "record them and change their status" },
  { id: "replay", label: "Replay", hint: "deliveries" },
  { id: "secrets", label: "Secrets", hint: "read and change them, and create API tokens" },
] as const;

/** Ticked in a new token's form: what opens further doors is chosen on purpose. */
const usual = scopes.map((scope) => scope.id).filter((id) => id !== "secrets");

export function ApiTokens(): ReactElement {
  const [{ data, error, fetching }, refetch] = useQuery({
    query: TokensQuery,
    requestPolicy: "cache-and-network",
  });
  const [isCreating, setCreating] = useState(false);
  const tokens = data?.viewer?.apiTokens;
  const sorted = tokens?.toSorted(
    (a, b) =>
      Number(a.revokedAt !== null) - Number(b.revokedAt !== null) || b.createdAt.localeCompare(a.createdAt),
  );
  return (
    <Panel
      title="API tokens"
      flush
      aside={
        <Button
          writes
          size="sm"
          icon={Plus}
          onPress={() => {
            setCreating(true);
          }}
        >
          New token
        </Button>
      }
    >
      {error && !sorted ? (
        <ErrorState
          title="The tokens could not be fetched"
          message={explain(error)}
          onRetry={() => {
            refetch({ requestPolicy: "network-only" });
          }}
        />
      ) : !sorted && fetching ? (
        <SkeletonBlock label="Loading the tokens" lines={3} />
      ) : !sorted || sorted.length === 0 ? (
        <p className="p-4 text-muted">
          None yet. A token lets a program do over GraphQL what you can do here.
        </p>
      ) : (
        <ul className="divide-y">
          {sorted.map((token) => (
            <TokenLine
              key={token.id}
              token={token}
              parent={sorted.find((other) => other.id === token.parentId)?.name}
            />
          ))}
        </ul>
      )}
      <Dialog
        title="New API token"
        isOpen={isCreating}
        onClose={() => {
          setCreating(false);
        }}
      >
        <CreateForm
          onDone={() => {
            setCreating(false);
          }}
        />
      </Dialog>
    </Panel>
  );
}

function TokenLine({ token, parent }: { token: Token; parent: string | undefined }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const [{ fetching }, revoke] = useMutation(RevokeToken);
  const [openedAt] = useState(() => new Date());
  const hasExpired = token.expiresAt !== null && new Date(token.expiresAt) < openedAt;

  const confirm = async () => {
    const { data, error } = await revoke({ input: { id: token.id } });
    setAsking(false);
    if (data?.revokeApiToken.token) toast(`Revoked ${token.name}`);
    else {
      toast(
        error ? explain(error) : (data?.revokeApiToken.userErrors ?? []).map((e) => e.message).join(" "),
        "failed",
      );
    }
  };

  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium">{token.name}</span>
          <span translate="no" className="font-mono text-sm text-muted">
            {token.prefix}
          </span>
          {token.revokedAt !== null ? <Badge>Revoked</Badge> : hasExpired && <Badge>Expired</Badge>}
        </p>
        <p className="text-muted">
          {token.scopes.map((s) => s.toLowerCase()).join(", ")} · created <Time at={token.createdAt} />
          {token.lastUsedAt === null ? (
            " · never used"
          ) : (
            <>
              {" "}
              · last used <Time at={token.lastUsedAt} />
            </>
          )}
          {token.expiresAt !== null && !hasExpired && (
            <>
              {" "}
              · expires <Time at={token.expiresAt} />
            </>
          )}
          {parent !== undefined && ` · created with ${parent}, revoked with it`}
        </p>
      </div>
      {token.revokedAt === null && (
        <Button
          writes
          size="sm"
          aria-label={`Revoke ${token.name}`}
          onPress={() => {
            setAsking(true);
          }}
        >
          Revoke
        </Button>
      )}
      <Confirm
        title={`Revoke ${token.name}`}
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => void confirm()}
        action="Revoke token"
        danger
        isPending={fetching}
      >
        Programs that use this token, or one created with it, lose access at once. This cannot be undone.
      </Confirm>
    </li>
  );
}

const lives = [
  { id: "never", label: "Never" },
  { id: "30", label: "In 30 days" },
  { id: "90", label: "In 90 days" },
  { id: "365", label: "In a year" },
];

function CreateForm({ onDone }: { onDone: () => void }): ReactElement {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>(usual);
  const [life, setLife] = useState("never");
  const [errors, setErrors] = useState(noErrors);
  const [secret, setSecret] = useState<string | null>(null);
  const [{ fetching }, create] = useMutation(CreateToken);
  useUnsavedValues(secret === null && { name, chosen, life });

  const submit = async () => {
    setErrors(noErrors);
    if (chosen.length === 0) {
      setErrors({ fields: { scopes: "Choose at least one." }, general: null });
      return;
    }
    const { data, error } = await create({
      input: {
        name,
        scopes: chosen,
        ...(life !== "never" && {
          expiresAt: new Date(Date.now() + Number(life) * 86_400_000).toISOString(),
        }),
      },
    });
    if (data?.createApiToken.secret != null) {
      setSecret(data.createApiToken.secret);
      return;
    }
    setErrors(
      error
        ? { fields: {}, general: explain(error) }
        : formErrors(data?.createApiToken.userErrors ?? [], ["name", "scopes", "expiresAt"]),
    );
  };

  if (secret !== null) {
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

  return (
    <Form className="flex flex-col gap-4" onSubmit={() => void submit()}>
      {errors.general !== null && (
        <Note tone="failed" role="alert">
          {errors.general}
        </Note>
      )}
      <TextField
        label="Name"
        placeholder="Reporting script"
        value={name}
        onChange={setName}
        isRequired
        autoFocus
        error={errors.fields["name"]}
      />
      <CheckboxGroup
        label="Permissions"
        value={chosen}
        onChange={setChosen}
        error={errors.fields["scopes"]}
        className="flex-col"
      >
        {scopes.map((scope) => (
          <Checkbox key={scope.id} value={scope.id}>
            {scope.label} <span className="text-muted">{scope.hint}</span>
          </Checkbox>
        ))}
      </CheckboxGroup>
      <Select
        label="Expires"
        choices={lives}
        value={life}
        onChange={setLife}
        error={errors.fields["expiresAt"]}
      />
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={fetching}>
          Create token
        </Button>
      </div>
    </Form>
  );
}
