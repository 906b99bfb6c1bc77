import { type ReactElement, useState } from "react";
import { useMutation } from "urql";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Note } from "@/components/ui/states";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import { formErrors, noErrors } from "@/graphql/user-errors";

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
  const [errors, setErrors] = useState(noErrors);
  const [{ fetching }, signIn] = useMutation(SignIn);

  const submit = async () => {
    setErrors(noErrors);
    const { data, error } = await signIn({
      input: { email: typed, password },
    });
    if (error) {
      setErrors({ fields: {}, general: explain(error) });
    } else if (data?.signIn.viewer) {
      onSignedIn(data.signIn.viewer.user.id);
    } else {
      setErrors(formErrors(data?.signIn.userErrors ?? [], ["email", "password"]));
    }
  };

  return (
    <Form className="flex flex-col gap-3" onSubmit={() => void submit()}>
      {errors.general !== null && (
        <Note tone="failed" role="alert">
          {errors.general}
        </Note>
      )}
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
      <Button type="submit" look="primary" isPending={fetching} className="mt-1">
        Sign in
      </Button>
    </Form>
  );
}
