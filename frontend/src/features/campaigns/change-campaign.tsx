import { Pause, Play } from "lucide-react";
import { type ReactElement, useState } from "react";

import { useAction, useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Panel } from "@/components/ui/page";
import { toast } from "@/components/ui/toast";

import { type Campaign, UpdateCampaign } from "./one-campaign";

/** Pauses a campaign, or resumes it. */
export function RunSwitch({ campaign }: { campaign: Campaign }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const { isRunning, run } = useAction(UpdateCampaign, "updateCampaign");
  const isActive = campaign.state === "ACTIVE";

  const set = async () => {
    const payload = await run({ id: campaign.id, state: isActive ? "PAUSED" : "ACTIVE" });
    setAsking(false);
    if (payload) toast(isActive ? `Paused ${campaign.name}` : `Resumed ${campaign.name}`);
  };

  if (!isActive) {
    return (
      <Button icon={Play} writes isPending={isRunning} onPress={() => void set()}>
        Resume
      </Button>
    );
  }
  return (
    <>
      <Button
        writes
        icon={Pause}
        onPress={() => {
          setAsking(true);
        }}
      >
        Pause
      </Button>
      <Confirm
        title={`Pause ${campaign.name}`}
        isOpen={isAsking}
        onClose={() => {
          setAsking(false);
        }}
        onConfirm={() => void set()}
        action="Pause campaign"
        isPending={isRunning}
      >
        New clicks on its link go to the offer&apos;s fallback URL and are not counted. Conversions of earlier
        clicks are still recorded and sent.
      </Confirm>
    </>
  );
}

export function Rename({ campaign }: { campaign: Campaign }): ReactElement {
  const [name, setName] = useState(campaign.name);
  const { errors, isSaving, save } = useSave(UpdateCampaign, "updateCampaign", ["name"]);

  const submit = async () => {
    if (await save({ id: campaign.id, name })) toast(`Renamed to ${name.trim()}`);
  };

  return (
    <Panel title="Name">
      <Form className="flex items-end gap-2" onSubmit={() => void submit()}>
        <TextField
          label="Name"
          hideLabel
          value={name}
          onChange={setName}
          isRequired
          error={errors.fields["name"] ?? errors.general ?? undefined}
          className="flex-1"
        />
        <Button type="submit" isDisabled={name.trim() === campaign.name} isPending={isSaving}>
          Rename
        </Button>
      </Form>
    </Panel>
  );
}

/** How many conversions that pay a day takes: staff set it. */
export function Cap({ campaign }: { campaign: Campaign }): ReactElement {
  const [most, setMost] = useState(String(campaign.dailyCap ?? ""));
  const { errors, setErrors, isSaving, save } = useSave(UpdateCampaign, "updateCampaign", ["dailyCap"]);

  const submit = async () => {
    const text = most.trim();
    // Whatever is not a number must not take the cap away.
    if (text !== "" && !/^[1-9]\d{0,8}$/.test(text)) {
      setErrors({ fields: { dailyCap: "A whole number from 1 on; empty for no cap." }, general: null });
      return;
    }
    if (!(await save({ id: campaign.id, dailyCap: Number(text) }))) return;
    toast(text === "" ? "Daily cap removed" : `Daily cap: ${text}`);
  };

  return (
    <Panel title="Daily cap">
      <Form className="flex items-end gap-2" onSubmit={() => void submit()}>
        <TextField
          label="Paid conversions per day (UTC)"
          hint="Over the cap, conversions are recorded but not paid, and clicks go to the offer's fallback URL. Empty: no cap."
          value={most}
          onChange={setMost}
          inputMode="numeric"
          error={errors.fields["dailyCap"] ?? errors.general ?? undefined}
          className="flex-1"
        />
        <Button type="submit" isPending={isSaving}>
          Set
        </Button>
      </Form>
    </Panel>
  );
}
