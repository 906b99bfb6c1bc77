import { type ReactElement, useState } from "react";

import { useOfferChoices } from "@/components/records/offer-choices";
import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { ComboBox } from "@/components/ui/combo-box";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { Switch } from "@/components/ui/switch";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import { DemandSwitches } from "./demands";
import { MappingChanges } from "./mapping-changes";
import { PlatformFacts } from "./platform-facts";
import { changesOf, genericPlatform, type Platform, usePlatforms } from "./platforms";

const CreateIntegration = mutation(
  graphql(`
    mutation StaffCreateIntegration($input: CreateIntegrationInput!) {
      createIntegration(input: $input) {
        integration {
          id
          name
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "integrations",
);

/** A key made of a name: "royal-spin-server". */
function suggestedKey(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
}

const begun = {
  platform: genericPlatform as string | null,
  name: "",
  key: null as string | null,
  offerId: null as string | null,
  testMode: true,
  requireHttps: true,
  requireToken: true,
};

type Draft = typeof begun;

/** What is missing before it can be sent, by field. */
function missing({ platform, offerId }: Draft): Record<string, string> {
  return {
    ...(platform === null && { platform: "Choose what the operator runs; Generic if you do not know." }),
    ...(offerId === null && { offerId: "Choose the offer whose conversions it reports." }),
  };
}

/** A new integration: it begins with what the operator runs, which says what its words mean. */
export function NewIntegration({ onMade }: { onMade: (id: string, name: string) => void }): ReactElement {
  const [draft, setDraft] = useState(begun);
  const { errors, setErrors, isSaving, save } = useSave(CreateIntegration, "createIntegration", [
    "platform",
    "name",
    "key",
    "offerId",
  ]);
  const saved = useUnsavedValues(draft);
  const set = (change: Partial<Draft>) => {
    setDraft((now) => ({ ...now, ...change }));
  };
  const submit = async () => {
    const { platform, offerId, key, ...rest } = draft;
    if (platform === null || offerId === null) {
      setErrors({ fields: missing(draft), general: null });
      return;
    }
    const payload = await save({ ...rest, platform, offerId, key: key ?? suggestedKey(draft.name) });
    if (!payload?.integration) return;
    saved();
    onMade(payload.integration.id, payload.integration.name);
  };
  return (
    <Form className="flex flex-col gap-4" onSubmit={() => void submit()}>
      <GeneralError text={errors.general} />
      <PlatformField draft={draft} set={set} error={errors.fields["platform"]} />
      <NameFields draft={draft} set={set} errors={errors.fields} />
      <Switch
        isSelected={draft.testMode}
        onChange={(testMode) => {
          set({ testMode });
        }}
      >
        Start in test mode: requests are checked and shown, nothing is recorded
      </Switch>
      <DemandSwitches demands={{ ...draft, requireSignature: false }} set={set} withSignature={false} />
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Create integration
        </Button>
      </div>
    </Form>
  );
}

interface Part {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
}

/** What the operator runs, and what follows from it. */
function PlatformField({ draft, set, error }: Part & { error: string | undefined }): ReactElement {
  const { platforms, choices } = usePlatforms();
  const platform = platforms.find(({ key }) => key === draft.platform);
  return (
    <div className="flex flex-col gap-3">
      {/* It takes its choices once: with a key it takes them when they are there. */}
      <ComboBox
        key={choices.length}
        label="What the operator runs"
        what="template"
        choices={choices}
        value={draft.platform}
        onChange={(chosen) => {
          set({ platform: chosen });
        }}
        placeholder="Type to search"
        error={error}
      />
      {platform && <PlatformFacts platform={platform} />}
      {platform && <Brings platform={platform} />}
    </div>
  );
}

/** The mappings that a template brings. */
function Brings({ platform }: { platform: Platform }): ReactElement {
  return (
    <>
      <MappingChanges title="Parameter mapping" changes={changesOf([], [], platform.parameterMapping)} />
      <MappingChanges title="Goal mapping" changes={changesOf([], [], platform.goalMapping)} />
      <MappingChanges title="Status mapping" changes={changesOf([], [], platform.statusMapping)} />
    </>
  );
}

function NameFields({
  draft,
  set,
  errors,
}: Part & { errors: Readonly<Record<string, string>> }): ReactElement {
  const offers = useOfferChoices(draft.offerId);
  return (
    <>
      <TextField
        label="Name"
        value={draft.name}
        onChange={(name) => {
          set({ name });
        }}
        placeholder="Royal Spin server"
        isRequired
        error={errors["name"]}
      />
      <TextField
        label="Key in the URL"
        mono
        value={draft.key ?? suggestedKey(draft.name)}
        onChange={(key) => {
          set({ key });
        }}
        isRequired
        error={errors["key"]}
      />
      <ComboBox
        label="Offer"
        {...offers}
        value={draft.offerId}
        onChange={(offerId) => {
          set({ offerId });
        }}
        placeholder="Type to search"
        error={errors["offerId"]}
      />
    </>
  );
}
