import { Undo2 } from "lucide-react";
import type { ReactElement } from "react";

import { useGoalChoices } from "@/components/records/choices";
import { Button } from "@/components/ui/button";
import { Time } from "@/components/ui/time";

import { TemplateDiff } from "./template-diff";
import type { Tracker, TrackerVersion } from "./tracker-parts";
import { versionInWords } from "./tracker-words";

/** Every version, newest first, each with what it changed; an older one is brought into the form. */
export function TrackerVersionsTab({
  tracker,
  onRestore,
}: {
  tracker: Tracker;
  onRestore: (version: TrackerVersion) => void;
}): ReactElement {
  const { versions } = tracker;
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
            {i > 0 && (
              <Button
                size="sm"
                icon={Undo2}
                writes
                onPress={() => {
                  onRestore(version);
                }}
              >
                Restore
              </Button>
            )}
          </div>
          <Change is={version.spec} was={versions[i + 1]?.spec} />
        </li>
      ))}
    </ol>
  );
}

type Spec = TrackerVersion["spec"];

function Change({ is, was }: { is: Spec; was: Spec | undefined }): ReactElement {
  const goals = useGoalChoices();
  const words = versionInWords(is, was, (key) => goals.find(({ id }) => id === key)?.label ?? key);
  const isMoved = was === undefined || was.urlTemplate !== is.urlTemplate;
  return (
    <>
      {words.length > 0 && <p className="text-muted first-letter:uppercase">{words.join(" · ")}</p>}
      {isMoved && <TemplateDiff from={was?.urlTemplate} to={is.urlTemplate} />}
      {!isMoved && words.length === 0 && <p className="text-muted">Tokens or a postback’s URL</p>}
    </>
  );
}
