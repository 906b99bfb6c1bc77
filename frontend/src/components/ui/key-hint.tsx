import type { ReactElement } from "react";

/** A key, as it is written on the keyboard. */
export function KeyHint({ keys }: { keys: string }): ReactElement {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border bg-sunken px-1 font-sans text-xs text-muted">
      {keys}
    </kbd>
  );
}
