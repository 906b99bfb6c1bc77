import { createContext, useContext } from "react";

/** Why nothing can be changed now; null where it can. */
export const ReadOnlyContext = createContext<string | null>(null);

/** The id of what says so on the page, for the controls that are disabled by it. */
export const readOnlyReasonId = "read-only-reason";

/** The reason for which a control that writes is disabled; null for one that is not. */
export function useReadOnly(writes: boolean): string | null {
  const reason = useContext(ReadOnlyContext);
  return writes ? reason : null;
}
