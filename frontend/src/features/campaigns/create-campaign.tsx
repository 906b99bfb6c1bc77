import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useRef, useState } from "react";

import { useAffiliateChoices } from "@/components/records/affiliate-choices";
import { CopyLink } from "@/components/records/copy-link";
import { useOfferChoices } from "@/components/records/offer-choices";
import { namesOf, theRest, trackerChoices, useTrackers } from "@/components/records/trackers";
import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { ComboBox } from "@/components/ui/combo-box";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";
import { useUnsaved } from "@/components/ui/unsaved";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const CreateCampaign = mutation(
  graphql(`
    mutation CreateCampaign($input: CreateCampaignInput!) {
      createCampaign(input: $input) {
        campaign {
          id
          name
          link {
            id
            url
            urlWithToken
          }
          trackers {
            id
            name
            shares
          }
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "campaigns",
  "postbackGaps",
  "offers",
  "trackers",
  "crossedTrackers",
);

type Created = NonNullable<ResultOf<typeof CreateCampaign>["createCampaign"]["campaign"]>;

/** The tracker that a new campaign's clicks carry click ids of: that with all campaigns, or the only one, until another is chosen. */
function useTrackerChoice(isStaff: boolean, affiliateId: string | null) {
  const trackers = useTrackers(affiliateId, isStaff && affiliateId === null);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const choices = isStaff && affiliateId === null ? [] : trackerChoices(trackers);
  const [first] = choices;
  const usual = first !== undefined && (first.id === theRest || choices.length === 1) ? first.id : null;
  const id = choices.some((choice) => choice.id === chosenId) ? chosenId : usual;
  return { choices, id, setId: setChosenId };
}

/** A campaign to be made; staff say whose. Its page opens then, or the form stays for another one. */
export function CreateCampaignForm({ isStaff }: { isStaff: boolean }): ReactElement {
  const navigate = useNavigate();
  const nameInput = useRef<HTMLInputElement>(null);
  const [name, setName] = useState("");
  const [offerId, setOfferId] = useState<string | null>(null);
  const offers = useOfferChoices(offerId);
  const [affiliateId, setAffiliateId] = useState<string | null>(null);
  const tracker = useTrackerChoice(isStaff, affiliateId);
  const [created, setCreated] = useState<readonly Created[]>([]);
  const { errors, setErrors, isSaving, save } = useSave(CreateCampaign, "createCampaign", [
    "name",
    "offerId",
    "trackerIds",
    "affiliateId",
  ]);
  // What stays in the form for the next campaign is not lost with it.
  const isBegun = created.length === 0 && (offerId !== null || affiliateId !== null);
  const saved = useUnsaved(name !== "" || isBegun);

  const create = async (): Promise<Created | null> => {
    if (offerId === null) {
      setErrors({ fields: { offerId: "Choose the offer that this campaign promotes." }, general: null });
      return null;
    }
    const payload = await save({
      name,
      offerId,
      ...(tracker.id !== null && tracker.id !== theRest && { trackerIds: [tracker.id] }),
      ...(affiliateId !== null && { affiliateId }),
    });
    const campaign = payload?.campaign ?? null;
    if (campaign !== null) toast(`Created campaign ${campaign.name}`);
    return campaign;
  };

  const submit = async () => {
    const campaign = await create();
    if (campaign === null) return;
    saved();
    await navigate({ to: "/campaigns/$id", params: { id: campaign.id } });
  };

  const createAnother = async () => {
    const campaign = await create();
    if (campaign === null) return;
    setCreated((before) => [campaign, ...before]);
    setName("");
    nameInput.current?.focus();
  };

  return (
    <Form className="flex flex-col gap-4" onSubmit={() => void submit()}>
      <GeneralError text={errors.general} />
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        placeholder="Facebook, Germany"
        isRequired
        autoFocus
        inputRef={nameInput}
        error={errors.fields["name"]}
      />
      <ComboBox
        label="Offer"
        {...offers}
        value={offerId}
        onChange={setOfferId}
        placeholder="Type to search"
        error={errors.fields["offerId"]}
      />
      {isStaff && (
        <AffiliateField value={affiliateId} onChange={setAffiliateId} error={errors.fields["affiliateId"]} />
      )}
      {tracker.choices.length > 0 && (
        <Select
          label="Tracker"
          hint="Its link carries this tracker's click ids."
          choices={tracker.choices}
          value={tracker.id}
          onChange={tracker.setId}
          error={errors.fields["trackerIds"]}
        />
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button writes isPending={isSaving} onPress={() => void createAnother()}>
          Create another
        </Button>
        <Button type="submit" look="primary" isPending={isSaving}>
          Create campaign
        </Button>
      </div>
      {created.length > 0 && <JustCreated campaigns={created} />}
    </Form>
  );
}

/** Those that were made in a row, with their links. */
function JustCreated({ campaigns }: { campaigns: readonly Created[] }): ReactElement {
  return (
    <ul aria-label="Created" className="flex max-h-48 flex-col divide-y overflow-y-auto border-t">
      {campaigns.map(({ id, name, link, trackers }) => (
        <li key={id} className="flex items-center gap-2 py-1.5">
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{name}</span>
            <span translate="no" className="block font-mono text-sm break-all text-muted">
              {link.urlWithToken}
            </span>
          </span>
          <CopyLink link={link} tracker={namesOf(trackers)} what={`the link of ${name}`} />
        </li>
      ))}
    </ul>
  );
}

function AffiliateField({
  value,
  onChange,
  error,
}: {
  value: string | null;
  onChange: (id: string | null) => void;
  error: string | undefined;
}): ReactElement {
  const affiliates = useAffiliateChoices(value);
  return (
    <ComboBox
      label="Affiliate"
      {...affiliates}
      placeholder="Type to search"
      value={value}
      onChange={onChange}
      error={error}
    />
  );
}
