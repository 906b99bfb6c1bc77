import { useState } from "react";

// What somebody typed for a postback's test is kept in this browser, fired or not. It is a convenience: where the browser keeps
// nothing, the last test's values are there all the same.

type Values = Readonly<Record<string, string>>;

function nameOf(postbackId: string): string {
  return `postrider.test.${postbackId}`;
}

/** The values that were typed last for this postback; null where none were, or none that can be read. */
export function savedValues(postbackId: string): Values | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameOf(postbackId)) ?? "null");
    if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return null;
    return Object.fromEntries(
      Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return null;
  }
}

export function saveValues(postbackId: string, values: Values): void {
  try {
    localStorage.setItem(nameOf(postbackId), JSON.stringify(values));
  } catch {
    // There is no room, or it is not allowed.
  }
}

/** A test's values, kept as they are typed; at first what was kept, else those of the last test. */
export function useTestValues(postbackId: string, ofLastTest: Values): [Values, (values: Values) => void] {
  const [values, setValues] = useState<Values>(() => savedValues(postbackId) ?? ofLastTest);
  return [
    values,
    (next) => {
      saveValues(postbackId, next);
      setValues(next);
    },
  ];
}
