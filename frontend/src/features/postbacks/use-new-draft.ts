import { useEffect, useState } from "react";

import { useUnsaved } from "@/components/ui/unsaved";
import { useViewer } from "@/graphql/viewer";

import { type Draft, newDraft } from "./draft";
import { firstGoals, useGoalPayouts } from "./goal-payouts";
import { forget, isSame, keep, keptName, readKept } from "./kept-draft";

interface Wanted {
  campaign: string | undefined;
  offer: string | undefined;
  goal: string | undefined;
}

/** What a new postback is to be, for as long as it is not saved, across reloads. */
export function useNewDraft({ campaign, offer, goal }: Wanted) {
  const viewer = useViewer();
  const name = keptName(viewer?.user.id ?? "", ["new", campaign ?? offer ?? "", goal ?? ""].join(" ").trim());
  const untouched: Draft = {
    ...newDraft,
    scope: campaign !== undefined ? "CAMPAIGN" : offer !== undefined ? "OFFER" : "GLOBAL",
    campaignId: campaign ?? null,
    offerId: offer ?? null,
    goals: goal === undefined ? [] : [goal],
  };
  const [kept] = useState(() => readKept(name));
  const [begun, setBegun] = useState(kept?.draft ?? untouched);
  const [restoredAt, setRestoredAt] = useState(kept?.at ?? null);
  // Until goals are chosen, those that are counted or paid for, wherever it fires.
  const [isChosen, setChosen] = useState(kept?.isChosen ?? goal !== undefined);
  const payouts = useGoalPayouts(begun, null);
  const draft = isChosen ? begun : { ...begun, goals: firstGoals(payouts) };
  const isDirty = !isSame(
    begun,
    isChosen && goal === undefined ? untouched : { ...untouched, goals: begun.goals },
  );

  const release = useUnsaved(isDirty, () => {
    forget(name);
  });
  useEffect(() => {
    if (isDirty) keep(name, { at: new Date().toISOString(), draft: begun, version: 0, isChosen });
    else forget(name);
  }, [name, isDirty, begun, isChosen]);

  return {
    draft,
    setDraft: (next: Draft) => {
      if (next.goals.join() !== draft.goals.join()) setChosen(true);
      setBegun(next);
    },
    /** When it was kept, where it was brought back after a reload. */
    restoredAt,
    discard: () => {
      setBegun(untouched);
      setChosen(goal !== undefined);
      setRestoredAt(null);
    },
    /** It is saved: nothing is kept, and the page may be left. */
    saved: () => {
      forget(name);
      release();
    },
  };
}
