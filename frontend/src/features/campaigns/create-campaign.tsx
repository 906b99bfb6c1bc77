import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { useAffiliateChoices } from "@/components/records/affiliate-choices";
import { useOfferChoices } from "@/components/records/offer-choices";
import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { ComboBox } from "@/components/ui/combo-box";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { toast } from "@/components/ui/toast";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const CreateCampaign = mutation(
  graphql(`
    mutation CreateCampaign($input: CreateCampaignInput!) {
      createCampaign(input: $input) {
        campaign {
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
  "campaigns",
  "postbackGaps",
  "offers",
);

/** A campaign to be made; staff say whose. Its page opens then. */
export function CreateCampaignForm({ isStaff }: { isStaff: boolean }): ReactElement {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [offerId, setOfferId] = useState<string | null>(null);
  const offers = useOfferChoices(offerId);
  const [affiliateId, setAffiliateId] = useState<string | null>(null);
  const { errors, setErrors, isSaving, save } = useSave(CreateCampaign, "createCampaign", [
    "name",
    "offerId",
    "affiliateId",
  ]);
  const saved = useUnsavedValues({ name, offerId, affiliateId });

  const submit = async () => {
    if (offerId === null) {
      setErrors({ fields: { offerId: "Choose the offer that this campaign promotes." }, general: null });
      return;
    }
    const payload = await save({ name, offerId, ...(affiliateId !== null && { affiliateId }) });
    const campaign = payload?.campaign;
    if (!campaign) return;
    saved();
    toast(`Created campaign ${campaign.name}`);
    await navigate({ to: "/campaigns/$id", params: { id: campaign.id } });
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
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Create campaign
        </Button>
      </div>
    </Form>
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
