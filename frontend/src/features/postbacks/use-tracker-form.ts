import { useState } from "react";

import { useGoalChoices } from "@/components/records/choices";
import { useUnsaved } from "@/components/ui/unsaved";

import { changes, toDraft, type TrackerDraft, type TrackerInput } from "./tracker-draft";
import type { Tracker } from "./tracker-parts";
import { type TrackerChange, useTrackerChange } from "./tracker-preview";

export interface TrackerForm {
  draft: TrackerDraft;
  set: (change: Partial<TrackerDraft>) => void;
  /** What it began with. */
  was: TrackerDraft;
  /** The version that it began from. */
  version: number;
  isDirty: boolean;
  /** What is changed, as the API takes it. */
  input: TrackerInput;
  /** What that makes of the tracker's postbacks. */
  change: TrackerChange;
  /** Begins again with the tracker as it is now. */
  discard: () => void;
  /** What was saved is what it goes on from. */
  saved: (tracker: Tracker, sent: TrackerDraft) => void;
}

/** What is being changed of a tracker, for as long as it is not saved, across tabs of the page. */
export function useTrackerForm(tracker: Tracker): TrackerForm {
  const dictionary = useGoalChoices().map(({ id }) => id);
  const now = toDraft(tracker);
  const [begun, setBegun] = useState({ version: tracker.version, draft: now });
  const [draft, setDraft] = useState(now);
  const input = changes(tracker.id, draft, begun.draft, dictionary);
  const isDirty = Object.keys(input).length > 1;

  // What nobody has changed here follows what others save.
  if (
    !isDirty &&
    (begun.version !== tracker.version || JSON.stringify(begun.draft) !== JSON.stringify(now))
  ) {
    setBegun({ version: tracker.version, draft: now });
    setDraft(now);
  }
  useUnsaved(isDirty);

  return {
    draft,
    set: (change) => {
      setDraft({ ...draft, ...change });
    },
    was: begun.draft,
    version: begun.version,
    isDirty,
    input,
    change: useTrackerChange(input),
    discard: () => {
      setBegun({ version: tracker.version, draft: now });
      setDraft(now);
    },
    saved: (made, sent) => {
      const next = toDraft(made);
      setBegun({ version: made.version, draft: next });
      // What was typed while it was being saved stays.
      if (draft === sent) setDraft(next);
    },
  };
}
