import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { Segmented } from "@/components/ui/segmented";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { usePublicUrl } from "@/graphql/viewer";

import { CreateUser } from "./user-mutations";

/** A password that is shown once. */
export interface Fresh {
  email: string;
  password: string;
}

export function FreshPassword({
  fresh,
  onClose,
}: {
  fresh: Fresh | null;
  onClose: () => void;
}): ReactElement {
  const publicUrl = usePublicUrl();
  return (
    <Dialog title="Password (shown once)" isOpen={fresh !== null} onClose={onClose}>
      {fresh && (
        <div className="flex flex-col gap-3">
          <p>
            Password of <strong>{fresh.email}</strong>, to sign in at{" "}
            <span translate="no" className="break-all">
              {publicUrl}
            </span>
            . It is not stored in plain text: copy it now.
          </p>
          <CodeBlock what="password" code={fresh.password} wrap />
        </div>
      )}
    </Dialog>
  );
}

/** A new user: of an affiliate, or of the network where none is given. */
export function UserForm({
  affiliateId,
  onMade,
}: {
  affiliateId: string | null;
  onMade: (fresh: Fresh) => void;
}): ReactElement {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<"MANAGER" | "ADMIN">("MANAGER");
  const { errors, isSaving, save } = useSave(CreateUser, "createUser", ["email", "name", "role"]);
  useUnsavedValues({ email, name, role });
  const submit = async () => {
    const payload = await save(
      affiliateId === null ? { email, name, role } : { email, name, role: "AFFILIATE" as const, affiliateId },
    );
    if (payload?.user && payload.password !== null)
      onMade({ email: payload.user.email, password: payload.password });
  };
  return (
    <Form className="flex flex-col gap-4" onSubmit={() => void submit()}>
      <GeneralError text={errors.general} />
      <TextField
        label="E-mail"
        type="email"
        value={email}
        onChange={setEmail}
        isRequired
        autoFocus
        error={errors.fields["email"]}
      />
      <TextField
        label="Name"
        hint="As others read it; may be left empty."
        value={name}
        onChange={setName}
        error={errors.fields["name"]}
      />
      {affiliateId === null && (
        <Segmented
          label="Role"
          value={role}
          onChange={setRole}
          error={errors.fields["role"]}
          choices={[
            { id: "MANAGER", label: "Manager" },
            { id: "ADMIN", label: "Admin" },
          ]}
        />
      )}
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={isSaving}>
          Create user
        </Button>
      </div>
    </Form>
  );
}
