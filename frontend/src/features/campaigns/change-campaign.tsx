import { Pause, Play } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useMutation } from "urql";

import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Panel } from "@/components/ui/page";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { formErrors, noErrors } from "@/graphql/user-errors";

import { type Campaign, UpdateCampaign } from "./one-campaign";

/** Pauses a campaign, or resumes it. */
export function RunSwitch({ campaign }: { campaign: Campaign }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const [{ fetching }, update] = useMutation(UpdateCampaign);
  const isActive = campaign.state === "ACTIVE";

  const set = async () => {
    const { data, error } = await update({
      input: { id: campaign.id, state: isActive ? "PAUSED" : "ACTIVE" },
    });
    setAsking(false);
    if (data?.updateCampaign.campaign) {
      toast(isActive ? `Paused ${campaign.name}` : `Resumed ${campaign.name}`);
    } else {
      toast(
        error ? explain(error) : (data?.updateCampaign.userErrors ?? []).map((e) => e.message).join(" "),
        "failed",
      );
    }
  };

  if (!isActive) {
    return (
      <Button icon={Play} writes isPending={fetching} onPress={() => void set()}>
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
        isPending={fetching}
      >
        New clicks on its link go to the offer&apos;s fallback URL and are not counted. Conversions of earlier
        clicks are still recorded and sent.
      </Confirm>
    </>
  );
}

export function Rename({ campaign }: { campaign: Campaign }): ReactElement {
  const [name, setName] = useState(campaign.name);
  const [errors, setErrors] = useState(noErrors);
  const [{ fetching }, update] = useMutation(UpdateCampaign);

  const submit = async () => {
    const { data, error } = await update({ input: { id: campaign.id, name } });
    if (data?.updateCampaign.campaign) toast(`Renamed to ${name}`);
    else if (error) setErrors({ fields: { name: explain(error) }, general: null });
    else {
      const found = formErrors(data?.updateCampaign.userErrors ?? [], ["name"]);
      setErrors({ ...found, fields: { name: found.fields["name"] ?? found.general ?? "" } });
    }
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
          error={errors.fields["name"]}
          className="flex-1"
        />
        <Button type="submit" isDisabled={name.trim() === campaign.name} isPending={fetching}>
          Rename
        </Button>
      </Form>
    </Panel>
  );
}

/** How many conversions that pay a day takes: staff set it. */
export function Cap({ campaign }: { campaign: Campaign }): ReactElement {
  const [most, setMost] = useState(String(campaign.dailyCap ?? ""));
  const [fault, setFault] = useState<string>();
  const [{ fetching }, update] = useMutation(UpdateCampaign);

  const submit = async () => {
    const { data, error } = await update({ input: { id: campaign.id, dailyCap: Number(most) || 0 } });
    if (data?.updateCampaign.campaign) toast(most === "" ? "Daily cap removed" : `Daily cap: ${most}`);
    else setFault(error ? explain(error) : data?.updateCampaign.userErrors.map((e) => e.message).join(" "));
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
          error={fault}
          className="flex-1"
        />
        <Button type="submit" isPending={fetching}>
          Set
        </Button>
      </Form>
    </Panel>
  );
}
