import { type ReactElement, useState } from "react";

import { Button } from "@/components/ui/button";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";
import { useUnsavedValues } from "@/components/ui/unsaved";

import { type Crossing, ShareCampaigns } from "./crossed-query";
import { useSave } from "./use-save";

/** Says of a tracker that it is called with other trackers' click ids on purpose. */
export function ShareForm({ crossing, onClose }: { crossing: Crossing; onClose: () => void }): ReactElement {
  const [id, setId] = useState<string | null>(null);
  const { errors, setErrors, isSaving, save } = useSave(ShareCampaigns, "updateTracker", ["id"]);
  const saved = useUnsavedValues({ id });
  const submit = async () => {
    if (id === null) {
      setErrors({ fields: { id: "Choose the CRM or the bot." }, general: null });
      return;
    }
    const payload = await save({ id, shares: true });
    if (!payload?.tracker) return;
    saved();
    toast(`${payload.tracker.name} goes on being called with other trackers’ click ids`);
    onClose();
  };
  return (
    <Form className="flex flex-col gap-4" faults={errors.fields} onSubmit={() => void submit()}>
      <GeneralError text={errors.general} />
      <Select
        label="This tracker is called with other trackers’ click ids on purpose"
        hint="For a CRM or a bot. It takes no campaign from the others, and fires for all that it has."
        choices={crossing.trackers.map(({ id: key, name }) => ({ id: key, label: name }))}
        value={id}
        onChange={setId}
        placeholder="Choose a tracker"
        error={errors.fields["id"]}
        className="sm:w-80"
      />
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Save
        </Button>
      </div>
    </Form>
  );
}
