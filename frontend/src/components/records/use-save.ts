import type { TypedDocumentNode } from "@urql/core";
import { useState } from "react";
import { useMutation } from "urql";

import { explain } from "@/graphql/client";
import { type FormErrors, formErrors, noErrors, type UserError } from "@/graphql/user-errors";

interface Payload {
  userErrors: readonly UserError[];
}

/** A form's mutation: what is wrong stands at the fields that are known by name, the rest over the form. */
export function useSave<Name extends string, P extends Payload, Input>(
  document: TypedDocumentNode<Record<Name, P>, { input: Input }>,
  name: Name,
  known: readonly string[] = [],
): {
  errors: FormErrors;
  isSaving: boolean;
  /** The payload; null where something is wrong. */
  save: (input: Input) => Promise<P | null>;
} {
  const [errors, setErrors] = useState(noErrors);
  const [{ fetching }, run] = useMutation<Record<Name, P>, { input: Input }>(document);
  const save = async (input: Input) => {
    const { data, error } = await run({ input });
    const payload = data?.[name];
    if (payload === undefined) {
      setErrors({ fields: {}, general: error ? explain(error) : "The server did not answer." });
      return null;
    }
    setErrors(formErrors(payload.userErrors, known));
    return payload.userErrors.length > 0 ? null : payload;
  };
  return { errors, isSaving: fetching, save };
}
