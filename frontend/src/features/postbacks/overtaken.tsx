import type { ReactElement } from "react";

import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Time } from "@/components/ui/time";

interface Versioned {
  version: number;
  /** Newest first. */
  versions: readonly { createdAt: string; author: { email: string } | null }[];
}

/** Who saved a version while another was being written here. */
export function Overtaken({ by: { version, versions } }: { by: Versioned }): ReactElement {
  const [last] = versions;
  return (
    <span>
      Changed since you opened it: version {version} was saved
      {last?.author && ` by ${last.author.email}`}
      {last && (
        <>
          {" "}
          at <Time at={last.createdAt} form="time" />
        </>
      )}
      .
    </span>
  );
}

/** Asks before a version that somebody else saved is overwritten. */
export function ConflictDialog({
  what,
  by,
  isOpen,
  onClose,
  onSee,
  onOverwrite,
}: {
  /** "postback". */
  what: string;
  by: Versioned;
  isOpen: boolean;
  onClose: () => void;
  onSee: () => void;
  onOverwrite: () => void;
}): ReactElement {
  return (
    <Dialog title={`This ${what} was changed meanwhile`} isOpen={isOpen} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p className="text-muted">
          <Overtaken by={by} /> Overwriting makes yours the newest version; theirs stays under Versions. What
          you typed stays here while you look.
        </p>
        <div className="flex flex-wrap justify-end gap-2">
          <Button autoFocus onPress={onSee}>
            See theirs
          </Button>
          <Button look="danger" onPress={onOverwrite}>
            Overwrite
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
