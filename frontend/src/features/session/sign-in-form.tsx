import { type ReactElement, useState } from "react";

import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { GeneralError } from "@/components/ui/general-error";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

export const SignIn = mutation(
  graphql(`
    mutation SignIn($input: SignInInput!) {
      signIn(input: $input) {
        viewer {
          role
          user {
            id
          }
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
);

/** E-mail and password. `email` is given where it is known who has to sign in. */
export function SignInForm({
  email,
  onSignedIn,
}: {
  email?: string;
  onSignedIn: (userId: string) => void;
}): ReactElement {
  const [typed, setTyped] = useState(email ?? "");
  const [password, setPassword] = useState("");
  const { errors, isSaving, save } = useSave(SignIn, "signIn", ["email", "password"]);

  const submit = async () => {
    const viewer = (await save({ email: typed, password }))?.viewer;
    if (viewer) onSignedIn(viewer.user.id);
  };

  return (
    <Form className="flex flex-col gap-3" onSubmit={() => void submit()}>
      <GeneralError text={errors.general} />
      <TextField
        name="email"
        type="email"
        label="E-mail"
        autoComplete="username"
        value={typed}
        onChange={setTyped}
        autoFocus={email === undefined}
        isRequired
        error={errors.fields["email"]}
      />
      <TextField
        name="password"
        type="password"
        label="Password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        autoFocus={email !== undefined}
        isRequired
        error={errors.fields["password"]}
      />
      <Button type="submit" look="primary" isPending={isSaving} className="mt-1">
        Sign in
      </Button>
    </Form>
  );
}
