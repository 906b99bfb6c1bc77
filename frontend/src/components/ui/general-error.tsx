import type { ReactElement } from "react";

import { Note } from "@/components/ui/states";

/** What is wrong with a form and belongs to no field of it. */
export function GeneralError({ text }: { text: string | null }): ReactElement | null {
  if (text === null) return null;
  return (
    <Note tone="failed" role="alert">
      {text}
    </Note>
  );
}
