import type { ReactElement } from "react";

import { CopyButton } from "@/components/ui/copy-button";
import { endOfId } from "@/components/ui/format";

/** A value that came on the tracking link; that none came is said, not left blank. With `what` it has a copy button: "Copy param_1". */
export function Param({
  value,
  what,
  oneLine,
}: {
  value: string | null;
  what?: string;
  oneLine?: boolean;
}): ReactElement {
  if (value === null) return <span className="whitespace-nowrap text-faint">Not passed</span>;
  return (
    <>
      <span
        translate="no"
        className={`font-mono text-sm ${oneLine === true ? "block max-w-44 truncate" : "break-all"}`}
        title={value}
      >
        {value}
      </span>
      {what !== undefined && <CopyButton text={value} what={what} />}
    </>
  );
}

/** The end of a param in one line of a list, whole on hover; a dash where the click had none. */
export function ParamEnd({ value }: { value: string | null | undefined }): ReactElement {
  if (value == null) return <span className="text-faint">–</span>;
  return (
    <span translate="no" className="font-mono text-sm whitespace-nowrap" title={value}>
      {endOfId(value)}
    </span>
  );
}
