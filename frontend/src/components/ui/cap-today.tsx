import type { ReactElement } from "react";

import { Badge } from "./badge";

/** How full today's cap is: how many of how many are taken. */
export function CapToday({ most, taken }: { most: number; taken: number }): ReactElement {
  return (
    <span className="inline-flex flex-wrap items-center justify-end gap-2 tabular-nums">
      {taken} of {most} used
      {taken >= most && <Badge tone="retrying">Full</Badge>}
    </span>
  );
}
