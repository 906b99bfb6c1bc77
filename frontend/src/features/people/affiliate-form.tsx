import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const CreateAffiliate = mutation(
  graphql(`
    mutation StaffCreateAffiliate($input: CreateAffiliateInput!) {
      createAffiliate(input: $input) {
        affiliate {
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
  "affiliates",
);

export function AffiliateForm({ onSaved }: { onSaved: (id: string, name: string) => void }): ReactElement {
  const [name, setName] = useState("");
  const { errors, isSaving, save } = useSave(CreateAffiliate, "createAffiliate", ["name"]);
  const saved = useUnsavedValues({ name });
  return (
    <Form
      className="flex flex-col gap-4"
      onSubmit={() => {
        void save({ name }).then((payload) => {
          if (!payload?.affiliate) return;
          saved();
          onSaved(payload.affiliate.id, payload.affiliate.name);
        });
      }}
    >
      <GeneralError text={errors.general} />
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        isRequired
        autoFocus
        error={errors.fields["name"]}
      />
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Create affiliate
        </Button>
      </div>
    </Form>
  );
}
