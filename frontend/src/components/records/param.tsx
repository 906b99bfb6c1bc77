import type { ReactElement } from "react";

/** A value that came on the tracking link; empty is said, not left blank. */
export function Param({ value }: { value: string }): ReactElement {
  return value === "" ? (
    <span className="text-faint">Not passed</span>
  ) : (
    <span className="font-mono text-sm break-all" title={value}>
      {value}
    </span>
  );
}
