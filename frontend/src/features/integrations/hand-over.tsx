import { Eye } from "lucide-react";
import { type ReactElement, useState } from "react";

import { useGoalChoices } from "@/components/records/choices";
import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { DialogButton } from "@/components/ui/dialog-button";
import { GeneralError } from "@/components/ui/general-error";
import { Panel } from "@/components/ui/page";
import { Note } from "@/components/ui/states";

import { ChangePlatform } from "./change-platform";
import { PlatformFacts } from "./platform-facts";
import type { Platform } from "./platforms";
import { Reveal } from "./reveal";
import type { Word } from "./words";

interface HandOverURL {
  goal: string | null;
  url: string;
}

export interface HandedOver {
  id: string;
  requireToken: boolean;
  requireSignature: boolean;
  platform: Platform;
  handOver: readonly HandOverURL[];
  parameterMapping: readonly Word[];
  goalMapping: readonly Word[];
  statusMapping: readonly Word[];
}

/** What the operator enters in its platform: one URL, or one for each event, with the token once it is asked for. */
export function HandOver({
  integration,
  onChanged,
}: {
  integration: HandedOver;
  onChanged: () => void;
}): ReactElement {
  const { id, requireToken, requireSignature, platform, handOver } = integration;
  const [revealed, setRevealed] = useState<readonly HandOverURL[] | null>(null);
  const { errors, isSaving, save } = useSave(Reveal, "revealIntegrationSecret");
  const isWhole = revealed !== null || !requireToken;
  const reveal = async () => {
    const payload = await save({ integrationId: id, kind: "TOKEN" });
    if (payload) setRevealed(payload.handOver);
  };
  return (
    <Panel
      title="URL to hand over"
      aside={
        <DialogButton
          size="sm"
          label="Change template"
          wide
          renderContent={(close) => (
            <ChangePlatform
              integration={integration}
              onChanged={() => {
                close();
                onChanged();
              }}
            />
          )}
        />
      }
    >
      <div className="flex flex-col gap-4">
        <GeneralError text={errors.general} />
        <p>
          {handOver.length > 1 ? "One URL for each event" : "One URL for all events"}, in the macros of{" "}
          <b>{platform.name}</b>.
        </p>
        <URLs urls={revealed ?? handOver} isWhole={isWhole} />
        {!isWhole && (
          <div className="flex flex-wrap items-center gap-3">
            <Button icon={Eye} isPending={isSaving} onPress={() => void reveal()}>
              Reveal the token to copy
            </Button>
            <span className="text-sm text-muted">Who reveals it is in the audit log.</span>
          </div>
        )}
        {requireSignature && (
          <Note tone="retrying">
            A platform that only fills in macros cannot sign: turn the signature off, or have the operator
            send from a program of its own.
          </Note>
        )}
        <PlatformFacts platform={platform} />
      </div>
    </Panel>
  );
}

function URLs({ urls, isWhole }: { urls: readonly HandOverURL[]; isWhole: boolean }): ReactElement {
  const goals = useGoalChoices();
  return (
    <ul className="flex flex-col gap-3">
      {urls.map(({ goal, url }) => {
        const name = goals.find(({ id }) => id === goal)?.label ?? goal;
        return (
          <li key={goal} className="flex flex-col gap-1">
            {name !== null && <span className="text-sm font-medium">{name}</span>}
            <span className="flex min-w-0 items-start gap-2 rounded-md border bg-sunken px-3 py-2">
              <span translate="no" className="min-w-0 flex-1 font-mono text-sm break-all">
                {url}
              </span>
              {isWhole && <CopyButton text={url} what={name === null ? "the URL" : `the URL for ${name}`} />}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
