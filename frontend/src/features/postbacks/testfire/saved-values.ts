import { useState } from "react";

// What somebody typed for a postback's test is kept in this browser for each goal, fired or not. It is a convenience: where the
// browser keeps nothing, the server's samples are there all the same.

type Values = Readonly<Record<string, string>>;

function nameOf(postbackId: string, goal: string): string {
  return `postrider.test.${postbackId}.${goal}`;
}

/** The values that were typed last for this postback and goal; none where none were, or none that can be read. */
export function savedValues(postbackId: string, goal: string): Values {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameOf(postbackId, goal)) ?? "null");
    if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return {};
    return Object.fromEntries(
      Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return {};
  }
}

export function saveValues(postbackId: string, goal: string, values: Values): void {
  try {
    localStorage.setItem(nameOf(postbackId, goal), JSON.stringify(values));
  } catch {
    // There is no room, or it is not allowed.
  }
}

/** The values that replace a test's samples, kept as they are typed. */
export function useTestValues(postbackId: string, goal: string): [Values, (values: Values) => void] {
  const [values, setValues] = useState<Values>(() => savedValues(postbackId, goal));
  return [
    values,
    (next) => {
      saveValues(postbackId, goal, next);
      setValues(next);
    },
  ];
}
