import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { toast } from "@/components/ui/toast";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

const RenameToken = mutation(
  graphql(`
    mutation RenameApiToken($input: UpdateApiTokenInput!) {
      updateApiToken(input: $input) {
        token {
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
);

/** Another name for a token: its programs notice nothing. */
export function RenameTokenForm({
  token,
  onDone,
}: {
  token: { id: string; name: string };
  onDone: () => void;
}): ReactElement {
  const [name, setName] = useState(token.name);
  const { errors, isSaving, save } = useSave(RenameToken, "updateApiToken", ["name"]);
  return (
    <Form
      className="flex flex-col gap-4"
      onSubmit={() => {
        void save({ id: token.id, name }).then((payload) => {
          if (!payload) return;
          toast(`Renamed to ${name}`);
          onDone();
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
          Rename
        </Button>
      </div>
    </Form>
  );
}
