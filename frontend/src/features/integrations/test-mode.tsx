import type { ReactElement } from "react";

import { useAction } from "@/components/records/use-save";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/components/ui/toast";

import { UpdateIntegration } from "./update-integration";

/** Switches test mode at once, and says what it means. */
export function TestMode({
  id,
  testMode,
  onChanged,
}: {
  id: string;
  testMode: boolean;
  onChanged: () => void;
}): ReactElement {
  const { isRunning, run } = useAction(UpdateIntegration, "updateIntegration");
  return (
    <div className="flex flex-col gap-1 border-b p-4">
      <Switch
        writes
        isSelected={testMode}
        isDisabled={isRunning}
        onChange={(to) => {
          void run({ id, testMode: to }).then((payload) => {
            if (!payload) return;
            toast(to ? "Test mode is on: nothing is recorded" : "Test mode is off: requests are recorded");
            onChanged();
          });
        }}
      >
        Test mode
      </Switch>
      <p className="text-sm text-muted">
        {testMode
          ? "Each request is checked, answered with what is wrong, and listed here; nothing is recorded, paid or sent to affiliates. Switch it off once the operator's requests show “Test”."
          : "Requests are recorded as conversions, and affiliates are told."}
      </p>
    </div>
  );
}
