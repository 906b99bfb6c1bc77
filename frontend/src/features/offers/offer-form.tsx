import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

import {
  type OfferDraft,
  type OfferFields,
  type OfferFormPart,
  offerDraft,
  offerInput,
  verticals,
} from "./offer-draft";
import { QualificationFields } from "./qualification-fields";

const CreateOffer = mutation(
  graphql(`
    mutation StaffCreateOffer($input: CreateOfferInput!) {
      createOffer(input: $input) {
        offer {
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
  "offers",
);

const UpdateOffer = mutation(
  graphql(`
    mutation StaffUpdateOffer($input: UpdateOfferInput!) {
      updateOffer(input: $input) {
        offer {
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
  "offers",
  "node",
);

const fields = [
  "name",
  "operator",
  "vertical",
  "destinationUrl",
  "fallbackUrl",
  "deepLinkHosts",
  "currency",
  "attributionWindowDays",
  "dailyCap",
  "qualification",
];

/** An offer, new or as it is. */
export function OfferForm({
  offer,
  onSaved,
}: {
  offer: OfferFields | null;
  onSaved: (id: string, name: string) => void;
}): ReactElement {
  const [draft, setDraft] = useState(() => offerDraft(offer));
  const create = useSave(CreateOffer, "createOffer", fields);
  const update = useSave(UpdateOffer, "updateOffer", fields);
  const { errors, isSaving } = offer ? update : create;
  const saved = useUnsavedValues(draft);
  const set = (change: Partial<OfferDraft>) => {
    setDraft((now) => ({ ...now, ...change }));
  };
  const submit = async () => {
    const input = offerInput(draft);
    const payload = await (offer ? update.save({ id: offer.id, ...input }) : create.save(input));
    if (!payload?.offer) return;
    saved();
    onSaved(payload.offer.id, payload.offer.name);
  };

  return (
    <Form className="grid gap-4 sm:grid-cols-2" onSubmit={() => void submit()}>
      <div className="empty:hidden sm:col-span-2">
        <GeneralError text={errors.general} />
      </div>
      <Product draft={draft} set={set} errors={errors} />
      <Destinations draft={draft} set={set} errors={errors} />
      <Limits draft={draft} set={set} errors={errors} />
      <Segmented
        label="State"
        value={draft.state}
        onChange={(state) => {
          set({ state });
        }}
        choices={[
          { id: "ACTIVE", label: "Active" },
          { id: "PAUSED", label: "Paused" },
        ]}
      />
      <QualificationFields draft={draft} set={set} errors={errors} />
      <div className="flex justify-end sm:col-span-2">
        <Button type="submit" look="primary" isPending={isSaving}>
          {offer ? "Save offer" : "Create offer"}
        </Button>
      </div>
    </Form>
  );
}

/** What is offered, and by whom. */
function Product({ draft, set, errors }: OfferFormPart): ReactElement {
  return (
    <>
      <TextField
        label="Name"
        value={draft.name}
        onChange={(name) => {
          set({ name });
        }}
        isRequired
        error={errors.fields["name"]}
      />
      <TextField
        label="Operator"
        value={draft.operator}
        onChange={(operator) => {
          set({ operator });
        }}
        isRequired
        hint="Its integrations report for all of its offers."
        error={errors.fields["operator"]}
      />
      <Select
        label="Vertical"
        choices={[...verticals]}
        value={draft.vertical}
        onChange={(id) => {
          set({ vertical: verticals.find((v) => v.id === id)?.id ?? "CASINO" });
        }}
        error={errors.fields["vertical"]}
      />
      <TextField
        label="Currency"
        value={draft.currency}
        onChange={(currency) => {
          set({ currency });
        }}
        isRequired
        error={errors.fields["currency"]}
      />
    </>
  );
}

/** Where its clicks go. */
function Destinations({ draft, set, errors }: OfferFormPart): ReactElement {
  return (
    <>
      <TextField
        label="Destination"
        className="sm:col-span-2"
        mono
        value={draft.destinationUrl}
        onChange={(destinationUrl) => {
          set({ destinationUrl });
        }}
        placeholder="https://play.operator.example/join?cid={click_id}"
        hint="Where players land; must contain {click_id}."
        isRequired
        error={errors.fields["destinationUrl"]}
      />
      <TextField
        label="Fallback URL"
        className="sm:col-span-2"
        mono
        value={draft.fallbackUrl}
        onChange={(fallbackUrl) => {
          set({ fallbackUrl });
        }}
        hint="For clicks while paused or over the cap; they are not counted. Empty: 410 Gone."
        error={errors.fields["fallbackUrl"]}
      />
      <TextField
        label="Deep link hosts"
        className="sm:col-span-2"
        mono
        value={draft.hosts}
        onChange={(hosts) => {
          set({ hosts });
        }}
        placeholder="play.operator.example *.operator.example"
        error={errors.fields["deepLinkHosts"]}
      />
    </>
  );
}

/** How long after a click, and how many a day. */
function Limits({ draft, set, errors }: OfferFormPart): ReactElement {
  return (
    <>
      <TextField
        label="Attribution window (days)"
        value={draft.window}
        onChange={(window) => {
          set({ window });
        }}
        inputMode="numeric"
        hint="Conversions outside the window wait in Unattributed. Empty: no limit."
        error={errors.fields["attributionWindowDays"]}
      />
      <TextField
        label="Daily cap"
        value={draft.cap}
        onChange={(cap) => {
          set({ cap });
        }}
        inputMode="numeric"
        hint="Paid conversions per day (UTC). Over the cap, conversions are recorded but not paid, and clicks go to the fallback URL. Empty: no cap."
        error={errors.fields["dailyCap"]}
      />
    </>
  );
}
