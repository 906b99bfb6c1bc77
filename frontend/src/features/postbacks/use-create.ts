import { useNavigate } from "@tanstack/react-router";

import { useSave } from "@/components/records/use-save";
import { plural } from "@/components/ui/format";
import { toast } from "@/components/ui/toast";

import { type Draft, fieldNames, missing, toInput } from "./draft";
import { CreatePostback, CreateTracker } from "./mutations";
import { type NewTracker, presetOf, toTrackerInput, trackerFields } from "./new-tracker";
import type { Beginning } from "./start/start";
import type { MadeTracker } from "./tracker-made";

interface Create {
  draft: Draft;
  newTracker: NewTracker;
  beginning: Beginning;
  /** Where it was asked for, and where one goes back to. */
  campaign: string | null;
  onSaved: () => void;
  onMade: (tracker: MadeTracker) => void;
}

/** Makes the draft's tracker, or its postbacks, and goes to what was made: or back to the campaign that asked for it. */
export function useCreate({ draft, newTracker, beginning, campaign, onSaved, onMade }: Create) {
  const navigate = useNavigate();
  const isTracker = newTracker.made.kind === "tracker";
  const tracker = useSave(CreateTracker, "createTracker", [...fieldNames, ...trackerFields], isTracker);
  const postback = useSave(CreatePostback, "createPostback", fieldNames, isTracker);
  const { errors, setErrors } = isTracker ? tracker : postback;

  const createTracker = async () => {
    const preset = presetOf(draft, beginning);
    const payload = await tracker.save(toTrackerInput(draft, newTracker.campaigns, preset));
    const made = payload?.tracker;
    if (!made) return;
    toast(`Created ${made.name}: ${plural(made.goals.length, "goal", "goals")} to ${made.sentTo}`);
    onSaved();
    onMade(made);
  };

  const createPostbacks = async () => {
    const payload = await postback.save({ postback: toInput(draft) });
    const made = payload?.postbacks ?? [];
    const [first] = made;
    if (!first) return;
    toast(`Created ${plural(made.length, "postback", "postbacks")} to ${first.sentTo}`);
    onSaved();
    if (campaign !== null) {
      await navigate({ to: "/campaigns/$id", params: { id: campaign }, hash: "postbacks" });
      return;
    }
    await (made.length === 1
      ? navigate({ to: "/postbacks/$id", params: { id: first.id } })
      : navigate({ to: "/postbacks" }));
  };

  const submit = async () => {
    const fields = missing(draft);
    if (Object.keys(fields).length > 0) {
      setErrors({ fields, general: "Something is still missing; it is marked above." });
      return;
    }
    await (isTracker ? createTracker() : createPostbacks());
  };
  return { errors, isSaving: tracker.isSaving || postback.isSaving, submit };
}
