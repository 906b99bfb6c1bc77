import { Pencil } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { useAction } from "@/components/records/use-save";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { DialogButton } from "@/components/ui/dialog-button";
import { Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { CreateTokenForm } from "./create-token";
import { RenameTokenForm } from "./rename-token";

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

export function ApiTokens(): ReactElement {
  const [{ data, error, fetching }, refetch] = useQuery({
    query: TokensQuery,
    requestPolicy: "cache-and-network",
  });
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
        <DialogButton
          writes
          size="sm"
          label="New token"
          title="New API token"
          renderContent={(close) => <CreateTokenForm onDone={close} />}
        />
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
        <TokenList tokens={sorted} />
      )}
    </Panel>
  );
}

function TokenList({ tokens }: { tokens: readonly Token[] }): ReactElement {
  return (
    <ul className="divide-y">
      {tokens.map((token) => (
        <TokenLine
          key={token.id}
          token={token}
          parent={tokens.find((other) => other.id === token.parentId)?.name}
        />
      ))}
    </ul>
  );
}

function TokenLine({ token, parent }: { token: Token; parent: string | undefined }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const { isRunning, run } = useAction(RevokeToken, "revokeApiToken");
  const [openedAt] = useState(() => new Date());
  const hasExpired = token.expiresAt !== null && new Date(token.expiresAt) < openedAt;

  const confirm = async () => {
    const payload = await run({ id: token.id });
    setAsking(false);
    if (payload) toast(`Revoked ${token.name}`);
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
        <TokenFacts token={token} hasExpired={hasExpired} parent={parent} />
      </div>
      {token.revokedAt === null && (
        <DialogButton
          writes
          size="sm"
          icon={Pencil}
          label="Rename"
          aria-label={`Rename ${token.name}`}
          title="Rename API token"
          renderContent={(close) => <RenameTokenForm token={token} onDone={close} />}
        />
      )}
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
        isPending={isRunning}
      >
        Programs that use this token, or one created with it, lose access at once. This cannot be undone.
      </Confirm>
    </li>
  );
}

function TokenFacts({
  token,
  hasExpired,
  parent,
}: {
  token: Token;
  hasExpired: boolean;
  parent: string | undefined;
}): ReactElement {
  return (
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
  );
}
