import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { ComboBox } from "@/components/ui/combo-box";
import { plural } from "@/components/ui/format";
import { GeneralError } from "@/components/ui/general-error";
import { toast } from "@/components/ui/toast";

import type { HandedOver } from "./hand-over";
import { MappingChanges } from "./mapping-changes";
import { PlatformFacts } from "./platform-facts";
import { changed, changesOf, usePlatforms } from "./platforms";
import { UpdateIntegration } from "./update-integration";

/** Another template for an integration, with what its mappings become. */
export function ChangePlatform({
  integration,
  onChanged,
}: {
  integration: HandedOver;
  onChanged: () => void;
}): ReactElement {
  const { platforms, choices } = usePlatforms();
  const [chosen, setChosen] = useState<string | null>(integration.platform.key);
  const { errors, isSaving, save } = useSave(UpdateIntegration, "updateIntegration");
  const next = platforms.find(({ key }) => key === chosen);
  const of = (mapping: "parameterMapping" | "goalMapping" | "statusMapping") =>
    changesOf(integration[mapping], integration.platform[mapping], next?.[mapping] ?? []);
  const submit = async () => {
    if (!next) return;
    const payload = await save({
      id: integration.id,
      platform: next.key,
      parameterMapping: changed(of("parameterMapping")),
      goalMapping: changed(of("goalMapping")),
      statusMapping: changed(of("statusMapping")),
    });
    if (!payload) return;
    toast(
      payload.mapped > 0
        ? `Changed to ${next.name}; ${plural(payload.mapped, "conversion", "conversions")} updated`
        : `Changed to ${next.name}; hand over the new URL`,
    );
    onChanged();
  };
  return (
    <div className="flex flex-col gap-4">
      <GeneralError text={errors.general} />
      <ComboBox
        key={choices.length}
        label="What the operator runs"
        what="template"
        choices={choices}
        value={chosen}
        onChange={setChosen}
        placeholder="Type to search"
      />
      {next && <PlatformFacts platform={next} />}
      {next && (
        <>
          <MappingChanges title="Parameter mapping" changes={of("parameterMapping")} />
          <MappingChanges title="Goal mapping" changes={of("goalMapping")} />
          <MappingChanges title="Status mapping" changes={of("statusMapping")} />
          <p className="text-sm text-muted">
            Entries that you added yourself are kept. The URL that was handed over before works only with the
            names and words above.
          </p>
        </>
      )}
      <div className="flex justify-end">
        <Button
          look="primary"
          writes
          isPending={isSaving}
          isDisabled={!next || next.key === integration.platform.key}
          onPress={() => void submit()}
        >
          Change template
        </Button>
      </div>
    </div>
  );
}
