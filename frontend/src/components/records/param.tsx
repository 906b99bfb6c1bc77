import type { ReactElement } from "react";

/** A value that came on the tracking link; empty is said, not left blank. */
export function Param({ value, oneLine }: { value: string; oneLine?: boolean }): ReactElement {
  return value === "" ? (
    <span className="whitespace-nowrap text-faint">Not passed</span>
  ) : (
    <span
      className={`font-mono text-sm ${oneLine === true ? "block max-w-44 truncate" : "break-all"}`}
      title={value}
    >
      {value}
    </span>
  );
}
