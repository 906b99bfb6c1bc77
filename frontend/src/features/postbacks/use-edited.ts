import { useEffect, useState } from "react";

import { useUnsaved } from "@/components/ui/unsaved";
import type { ResultOf } from "@/graphql/graphql";
import { useViewer } from "@/graphql/viewer";

import type { Draft } from "./draft";
import { forget, isSame, keep, keptName, readKept } from "./kept-draft";
import type { PostbackParts } from "./mutations";
import { type Postback, toDraft } from "./one-postback";

export interface Edited {
  draft: Draft;
  setDraft: (draft: Draft) => void;
  isDirty: boolean;
  /** The version that the draft began from. */
  version: number;
  /** When it was kept, where it was brought back after a reload. */
  restoredAt: string | null;
  /** Begins again with the postback as it is now. */
  discard: () => void;
  /** What was saved is what it goes on from. */
  saved: (postback: ResultOf<typeof PostbackParts>, draft: Draft) => void;
}

/** What is being changed of a postback, for as long as it is not saved, across tabs of the page and reloads. */
export function useEdited(postback: Postback): Edited {
  const viewer = useViewer();
  const name = keptName(viewer?.user.id ?? "", postback.id);
  const [kept] = useState(() => readKept(name));
  const now = toDraft(postback);
  const [begun, setBegun] = useState({ version: kept?.version ?? postback.version, draft: now });
  const [draft, setDraft] = useState(kept?.draft ?? now);
  const [restoredAt, setRestoredAt] = useState(kept === null || isSame(kept.draft, now) ? null : kept.at);
  const isDirty = !isSame(draft, begun.draft);

  // What nobody has changed here follows what others save.
  if (!isDirty && (begun.version !== postback.version || !isSame(begun.draft, now))) {
    setBegun({ version: postback.version, draft: now });
    setDraft(now);
  }

  useUnsaved(isDirty, () => {
    forget(name);
  });
  useEffect(() => {
    if (isDirty) {
      keep(name, { at: new Date().toISOString(), draft, version: begun.version, isChosen: true });
    } else forget(name);
  }, [name, isDirty, draft, begun.version]);

  return {
    draft,
    setDraft,
    isDirty,
    version: begun.version,
    restoredAt: isDirty ? restoredAt : null,
    discard: () => {
      setBegun({ version: postback.version, draft: now });
      setDraft(now);
      setRestoredAt(null);
    },
    saved: (made, sent) => {
      const next = toDraft(made);
      setBegun({ version: made.version, draft: next });
      setRestoredAt(null);
      // What was typed while it was being saved stays.
      if (isSame(draft, sent)) setDraft(next);
    },
  };
}
