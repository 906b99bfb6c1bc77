import type { TypedDocumentNode } from "@urql/core";
import { useState } from "react";
import { useMutation } from "urql";

import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { type FormErrors, formErrors, noErrors, type UserError } from "@/graphql/user-errors";

interface Payload {
  userErrors: readonly UserError[];
}

type Mutation<Name extends string, P extends Payload, Input> = TypedDocumentNode<
  Record<Name, P>,
  { input: Input }
>;

/** Runs a mutation. Gives back its payload; null, after saying what is wrong, where it was refused or did not arrive. */
function useRun<Name extends string, P extends Payload, Input>(
  document: Mutation<Name, P, Input>,
  name: Name,
  known: readonly string[],
) {
  const [{ fetching }, mutate] = useMutation<Record<Name, P>, { input: Input }>(document);
  const run = async (input: Input, onRefused: (errors: FormErrors) => void): Promise<P | null> => {
    const { data, error } = await mutate({ input });
    const payload = data?.[name];
    if (payload === undefined) {
      onRefused({ fields: {}, general: error ? explain(error) : "The server did not answer." });
      return null;
    }
    if (payload.userErrors.length === 0) return payload;
    onRefused(formErrors(payload.userErrors, known));
    return null;
  };
  return { fetching, run };
}

/**
 * A form's mutation: what is wrong stands at the fields that are known by name, the rest over the form. `about` is what the form is
 * about: what was wrong with another one is forgotten.
 */
export function useSave<Name extends string, P extends Payload, Input>(
  document: Mutation<Name, P, Input>,
  name: Name,
  known: readonly string[] = [],
  about?: unknown,
): {
  errors: FormErrors;
  /** For what the form itself finds missing. */
  setErrors: (errors: FormErrors) => void;
  isSaving: boolean;
  /** The payload; null where something is wrong. What was is then in `errors`, and told to `onRefused`. */
  save: (input: Input, onRefused?: (errors: FormErrors) => void) => Promise<P | null>;
} {
  const [errors, setErrors] = useState(noErrors);
  const [subject, setSubject] = useState(about);
  if (subject !== about) {
    setSubject(about);
    setErrors(noErrors);
  }
  const { fetching, run } = useRun(document, name, known);
  const save = async (input: Input, onRefused?: (errors: FormErrors) => void) => {
    const payload = await run(input, (found) => {
      setErrors(found);
      onRefused?.(found);
    });
    if (payload) setErrors(noErrors);
    return payload;
  };
  return { errors, setErrors, isSaving: fetching, save };
}

/** A button's mutation: what is wrong is said in a toast. */
export function useAction<Name extends string, P extends Payload, Input>(
  document: Mutation<Name, P, Input>,
  name: Name,
): {
  isRunning: boolean;
  /** The payload; null where something is wrong. */
  run: (input: Input) => Promise<P | null>;
} {
  const { fetching, run } = useRun(document, name, []);
  return {
    isRunning: fetching,
    run: (input) =>
      run(input, ({ general }) => {
        toast(general ?? "", "failed");
      }),
  };
}
