import { type ReactElement, useState } from "react";

import { useAffiliateChoices } from "@/components/records/affiliate-choices";
import { ConfirmedAction } from "@/components/records/confirmed-action";
import { useSave } from "@/components/records/use-save";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ComboBox } from "@/components/ui/combo-box";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { Segmented } from "@/components/ui/segmented";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { useUnsavedValues } from "@/components/ui/unsaved";
import type { ResultOf } from "@/graphql/graphql";
import { useViewer } from "@/graphql/viewer";

import { DeleteUser, RevokeUserToken, UpdateUser, type UserParts } from "./user-mutations";

type User = ResultOf<typeof UserParts>;

/** A user's name, role, affiliate and API tokens. */
export function EditUser({ user, onDone }: { user: User; onDone: () => void }): ReactElement {
  return (
    <div className="flex flex-col gap-6">
      <Account user={user} onDone={onDone} />
      <Tokens tokens={user.apiTokens ?? []} onRevoked={onDone} />
      <DeleteButton user={user} onDone={onDone} />
    </div>
  );
}

function Account({ user, onDone }: { user: User; onDone: () => void }): ReactElement {
  const isAdmin = useViewer()?.role === "ADMIN";
  const [name, setName] = useState(user.name ?? "");
  const [role, setRole] = useState(user.role);
  const [affiliateId, setAffiliateId] = useState(user.affiliate?.id ?? null);
  const affiliates = useAffiliateChoices(affiliateId);
  const { errors, isSaving, save } = useSave(UpdateUser, "updateUser", ["name", "role", "affiliateId"]);
  const saved = useUnsavedValues({ name, role, affiliateId });
  const submit = async () => {
    const payload = await save({
      id: user.id,
      name,
      role,
      ...(role === "AFFILIATE" && affiliateId !== null && { affiliateId }),
    });
    if (!payload) return;
    saved();
    toast(`Saved ${user.email}`);
    onDone();
  };
  return (
    <Form className="flex flex-col gap-4" onSubmit={() => void submit()}>
      <GeneralError text={errors.general} />
      <TextField label="Name" value={name} onChange={setName} autoFocus error={errors.fields["name"]} />
      {isAdmin && (
        <Segmented
          label="Role"
          value={role}
          onChange={setRole}
          error={errors.fields["role"]}
          choices={[
            { id: "AFFILIATE", label: "Affiliate" },
            { id: "MANAGER", label: "Manager" },
            { id: "ADMIN", label: "Admin" },
          ]}
        />
      )}
      {role === "AFFILIATE" && (
        <ComboBox
          label="Affiliate"
          {...affiliates}
          value={affiliateId}
          onChange={setAffiliateId}
          placeholder="Type to search"
          error={errors.fields["affiliateId"]}
        />
      )}
      <p className="text-muted">
        A new role or affiliate applies at once. API tokens that would reach more than before are revoked.
      </p>
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Save user
        </Button>
      </div>
    </Form>
  );
}

function Tokens({
  tokens,
  onRevoked,
}: {
  tokens: NonNullable<User["apiTokens"]>;
  onRevoked: () => void;
}): ReactElement {
  return (
    <section aria-label="API tokens" className="border-t pt-4">
      <h3 className="font-medium">API tokens</h3>
      {tokens.length === 0 && <p className="mt-1 text-muted">None.</p>}
      <ul className="divide-y">
        {tokens.map((token) => (
          <li key={token.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
            <span className="min-w-0 flex-1 basis-48">
              <span className="font-medium break-words">{token.name}</span>{" "}
              <span translate="no" className="font-mono text-sm text-muted">
                {token.prefix}
              </span>
              <span className="block text-sm text-muted">
                {token.lastUsedAt === null ? (
                  "never used"
                ) : (
                  <>
                    last used <Time at={token.lastUsedAt} />
                  </>
                )}
              </span>
            </span>
            {token.revokedAt === null ? (
              <ConfirmedAction
                change={{ document: RevokeUserToken, field: "revokeApiToken" }}
                id={token.id}
                label="Revoke"
                aria-label={`Revoke ${token.name}`}
                title="Revoke token"
                danger
                onDone={() => {
                  toast(`Revoked ${token.name}`);
                  onRevoked();
                }}
              >
                Programs that use {token.name}, or a token created with it, lose access at once. This cannot
                be undone.
              </ConfirmedAction>
            ) : (
              <Badge>Revoked</Badge>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A user that has signed in is disabled instead. */
function DeleteButton({ user, onDone }: { user: User; onDone: () => void }): ReactElement {
  const why = "why-not-deleted";
  const isUsed = user.lastSignInAt !== null;
  return (
    <div className="flex flex-col items-start gap-2 border-t pt-4">
      <ConfirmedAction
        change={{ document: DeleteUser, field: "deleteUser" }}
        id={user.id}
        label="Delete user"
        title="Delete user"
        danger
        {...(isUsed && { isDisabled: true, "aria-describedby": why })}
        onDone={() => {
          toast(`Deleted ${user.email}`);
          onDone();
        }}
      >
        {user.email} is deleted for good. This cannot be undone.
      </ConfirmedAction>
      <p id={why} className="text-sm text-muted">
        {isUsed
          ? "It has signed in: disable it instead."
          : "Only a user that never signed in and did nothing is deleted."}
      </p>
    </div>
  );
}
