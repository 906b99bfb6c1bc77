import type { ReactElement } from "react";

import { useAction } from "@/components/records/use-save";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/components/ui/toast";

import { SetPostbackEnabled } from "./mutations";

/** Switches one postback where it stands. */
export function OnOff({
  postback,
}: {
  postback: { id: string; name: string | null; sentTo: string; enabled: boolean; goal: { name: string } };
}): ReactElement {
  const { isRunning, run } = useAction(SetPostbackEnabled, "setPostbackEnabled");
  const name = postback.name || `${postback.goal.name} to ${postback.sentTo}`;

  const change = async (enabled: boolean) => {
    if (await run({ id: postback.id, enabled })) {
      toast(enabled ? `${name} fires again` : `${name} no longer fires`);
    }
  };

  return (
    <Switch
      writes
      aria-label={`${name} is on`}
      isSelected={postback.enabled}
      isDisabled={isRunning}
      onChange={(enabled) => void change(enabled)}
    />
  );
}
