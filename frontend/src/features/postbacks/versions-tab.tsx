import { Undo2 } from "lucide-react";
import type { ReactElement } from "react";

import { useAction } from "@/components/records/use-save";
import { stateWord } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Time } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";

import { spanInWords } from "./draft";
import { RestoreVersion } from "./mutations";
import type { Postback } from "./one-postback";
import { TemplateDiff } from "./template-diff";

type Version = Postback["versions"][number];

/** Every version, newest first, each with what it changed; an older one can be put back. */
export function VersionsTab({ postback }: { postback: Postback }): ReactElement {
  const { versions } = postback;
  return (
    <ol aria-label="Versions" className="flex flex-col divide-y rounded-md border bg-surface">
      {versions.map((version, i) => (
        <li key={version.id} className="flex flex-col gap-2 px-4 py-3">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <span className="font-medium">Version {version.number}</span>
            <span className="min-w-0 flex-1 basis-64 text-muted">
              <Time at={version.createdAt} form="full" />
              {version.author && ` by ${version.author.email}`}
            </span>
            {i > 0 && <PutBack version={version} />}
          </div>
          <Change version={version} before={versions[i + 1]} />
        </li>
      ))}
    </ol>
  );
}

function inWords(version: Version): string {
  const { method, statuses, sendCorrections, enabled, bodyRule, aggregateSeconds, furtherGoals } = version;
  const rule =
    bodyRule === null
      ? "any 2xx response"
      : bodyRule.kind === "JSON_FIELD"
        ? `the field ${bodyRule.path} must be ${bodyRule.value}`
        : bodyRule.kind === "STATUS_CODE"
          ? `the status code must be ${bodyRule.value}`
          : `the body must ${bodyRule.kind === "CONTAINS" ? "" : "not "}contain ${bodyRule.value}`;
  return [
    method,
    statuses.map((s) => stateWord(s).toLowerCase()).join(", "),
    rule,
    ...(aggregateSeconds === null
      ? []
      : [
          `aggregates for ${spanInWords(aggregateSeconds)}${furtherGoals.map((key) => `, ${key} too`).join("")}`,
        ]),
    ...(sendCorrections ? ["corrections"] : []),
    enabled ? "on" : "off",
  ].join(" · ");
}

function Change({ version, before }: { version: Version; before: Version | undefined }): ReactElement {
  const words = inWords(version);
  const old = before === undefined ? words : inWords(before);
  return (
    <>
      <TemplateDiff from={before?.urlTemplate} to={version.urlTemplate} />
      <p className="text-muted">
        {old === words ? (
          words
        ) : (
          <>
            <del className="text-failed">{old}</del>{" "}
            <ins className="text-delivered no-underline">{words}</ins>
          </>
        )}
      </p>
    </>
  );
}

/** Makes a new version that is as an older one was. */
function PutBack({ version }: { version: Version }): ReactElement {
  const { isRunning, run } = useAction(RestoreVersion, "restorePostbackVersion");

  const put = async () => {
    const saved = (await run({ versionId: version.id }))?.postback;
    if (saved) toast(`Version ${String(version.number)} restored as version ${String(saved.version)}`);
  };

  return (
    <Button size="sm" icon={Undo2} writes isPending={isRunning} onPress={() => void put()}>
      Restore
    </Button>
  );
}
