import { History } from "lucide-react";
import type { ReactElement } from "react";

import { Button } from "@/components/ui/button";
import { Note } from "@/components/ui/states";
import { Time } from "@/components/ui/time";

/** Says that what was typed before is back, and takes it away again. */
export function RestoredDraft({ at, onDiscard }: { at: string; onDiscard: () => void }): ReactElement {
  return (
    <Note tone="queued" icon={History} role="status">
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span>
          Draft from <Time at={at} form="time" /> restored.
        </span>
        <Button size="sm" className="-my-1" onPress={onDiscard}>
          Discard
        </Button>
      </span>
    </Note>
  );
}
