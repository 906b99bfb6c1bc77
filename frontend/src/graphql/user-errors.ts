export interface UserError {
  field?: readonly string[] | null;
  message: string;
}

/** The errors that have a field of the form, by its name; and the others, to stand over the form. */
export interface FormErrors {
  fields: Record<string, string>;
  general: string | null;
}

export const noErrors: FormErrors = { fields: {}, general: null };

/** The API says "name is taken" as Go's errors do; a page says it as a sentence. */
export function sentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** `known` are the names of the form's fields; a path's last known part decides: ["input", "name"] is `name`. */
export function formErrors(errors: readonly UserError[], known: readonly string[]): FormErrors {
  const fields: Record<string, string> = {};
  const general: string[] = [];
  for (const { field, message: text } of errors) {
    const message = sentence(text);
    const name = (field ?? []).findLast((part) => known.includes(part));
    if (name === undefined) general.push(message);
    else fields[name] = fields[name] === undefined ? message : `${fields[name]} ${message}`;
  }
  return { fields, general: general.length > 0 ? general.join(" ") : null };
}
