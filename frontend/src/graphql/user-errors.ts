export interface UserError {
  field?: readonly string[] | null;
  message: string;
  code?: string | null;
}

/** The errors that have a field of the form, by its name; and the others, to stand over the form. */
export interface FormErrors {
  fields: Record<string, string>;
  general: string | null;
  /** The fields whose value somebody else has. */
  conflicts?: readonly string[];
}

export const noErrors: FormErrors = { fields: {}, general: null };

/** The API says "name is taken" as Go's errors do; a page says it as a sentence. */
export function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** The field of a path: a known row of a list, such as `goals.0`, else its last known part. */
function fieldOf(path: readonly string[], known: readonly string[]): string | undefined {
  const whole = `.${path.join(".")}.`;
  const nested = known.find((name) => name.includes(".") && whole.includes(`.${name}.`));
  return nested ?? path.findLast((part) => known.includes(part));
}

/** `known` are the names of the form's fields; a path's last known part decides: ["input", "name"] is `name`. */
export function formErrors(errors: readonly UserError[], known: readonly string[]): FormErrors {
  const fields: Record<string, string> = {};
  const general: string[] = [];
  const conflicts: string[] = [];
  for (const { field, message: text, code } of errors) {
    const message = sentence(text);
    const name = fieldOf(field ?? [], known);
    if (name === undefined) general.push(message);
    else {
      fields[name] = fields[name] === undefined ? message : `${fields[name]} ${message}`;
      if (code === "CONFLICT") conflicts.push(name);
    }
  }
  return {
    fields,
    general: general.length > 0 ? general.join(" ") : null,
    ...(conflicts.length > 0 && { conflicts }),
  };
}
