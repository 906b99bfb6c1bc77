import type { ReactElement } from "react";

import { CopyButton } from "./copy-button";
import { cx } from "./cx";
import { shortenId } from "./format";

/** An id, shortened in front, whole on hover. With `what` it has a copy button: "Copy click id". */
export function ShortId({ id, what, whole }: { id: string; what?: string; whole?: boolean }): ReactElement {
  return (
    <span className="inline-flex min-w-0 items-center gap-1">
      <span
        translate="no"
        title={id}
        className={cx("min-w-0 font-mono text-sm", whole === true ? "break-all" : "whitespace-nowrap")}
      >
        {whole === true ? id : shortenId(id)}
      </span>
      {what !== undefined && (
        <span className="relative z-10">
          <CopyButton text={id} what={what} />
        </span>
      )}
    </span>
  );
}
