import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { Confirm } from "@/components/ui/dialog";
import { GeneralError } from "@/components/ui/general-error";
import { Panel } from "@/components/ui/page";
import { Time } from "@/components/ui/time";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { Reveal } from "./reveal";

const Rotate = mutation(
  graphql(`
    mutation StaffRotate($input: RotateIntegrationSecretInput!) {
      rotateIntegrationSecret(input: $input) {
        secret
        userErrors {
          field
          message
        }
      }
    }
  `),
);

const names = { TOKEN: "Token", HMAC: "Signing key" } as const;
const kinds = ["TOKEN", "HMAC"] as const;
type Kind = keyof typeof names;

interface Secret {
  kind: Kind;
  createdAt: string;
  expiresAt: string | null;
}

function isValid({ expiresAt }: Secret): boolean {
  return expiresAt === null || Date.parse(expiresAt) > Date.now();
}

/** An integration's tokens and signing keys: shown on request, and replaced with a time in which both are good. */
export function IntegrationSecrets({
  integrationId,
  secrets,
  onRotated,
}: {
  integrationId: string;
  secrets: readonly Secret[];
  onRotated: () => void;
}): ReactElement {
  const [shown, setShown] = useState<{ kind: Kind; value: string } | null>(null);
  const [rotating, setRotating] = useState<Kind | null>(null);
  const reveal = useSave(Reveal, "revealIntegrationSecret");
  const rotate = useSave(Rotate, "rotateIntegrationSecret");

  return (
    <Panel title="Secrets">
      <div className="flex flex-col gap-4">
        <GeneralError text={reveal.errors.general} />
        {kinds.map((kind) => (
          <SecretLine
            key={kind}
            name={names[kind]}
            secrets={secrets.filter((s) => s.kind === kind)}
            shown={shown?.kind === kind ? shown.value : null}
            isRevealing={reveal.isSaving}
            onReveal={() => {
              void reveal.save({ integrationId, kind }).then((payload) => {
                if (payload?.secret != null) setShown({ kind, value: payload.secret });
              });
            }}
            onReplace={() => {
              setRotating(kind);
            }}
          />
        ))}
      </div>
      <Confirm
        title={`Replace ${names[rotating ?? "TOKEN"].toLowerCase()}`}
        isOpen={rotating !== null}
        onClose={() => {
          setRotating(null);
        }}
        action="Replace"
        isPending={rotate.isSaving}
        onConfirm={() => {
          if (rotating === null) return;
          void rotate.save({ integrationId, kind: rotating, overlapHours: 24 }).then((payload) => {
            if (payload?.secret == null) return;
            setShown({ kind: rotating, value: payload.secret });
            setRotating(null);
            onRotated();
          });
        }}
      >
        <GeneralError text={rotate.errors.general} />
        <p>The current one stays valid for 24 hours, so that the operator can switch.</p>
      </Confirm>
    </Panel>
  );
}

/** What there is of one kind, those that are being replaced too. */
function SecretLine({
  name,
  secrets,
  shown,
  isRevealing,
  onReveal,
  onReplace,
}: {
  name: string;
  secrets: readonly Secret[];
  /** Its text, once it was asked for. */
  shown: string | null;
  isRevealing: boolean;
  onReveal: () => void;
  onReplace: () => void;
}): ReactElement {
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{name}</span>
        {secrets.filter(isValid).map((s) => (
          <Badge key={s.createdAt} tone={s.expiresAt === null ? "delivered" : "retrying"}>
            {s.expiresAt === null ? (
              <>
                since <Time at={s.createdAt} form="day" />
              </>
            ) : (
              <>
                previous, valid until <Time at={s.expiresAt} />
              </>
            )}
          </Badge>
        ))}
        <span className="ml-auto flex gap-2">
          <Button size="sm" isPending={isRevealing} onPress={onReveal}>
            Show {name.toLowerCase()}
          </Button>
          <Button size="sm" onPress={onReplace}>
            Replace
          </Button>
        </span>
      </div>
      {shown !== null && <CodeBlock what={name.toLowerCase()} code={shown} wrap />}
    </div>
  );
}
