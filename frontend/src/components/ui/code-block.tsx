import type { ReactElement } from "react";

import { CopyButton } from "./copy-button";
import { cx } from "./cx";

/** Text that runs or was sent. The one thing that may scroll sideways. */
export function CodeBlock({
  code,
  what,
  wrap,
  className,
}: {
  code: string;
  what: string;
  wrap?: boolean;
  className?: string;
}): ReactElement {
  return (
    <div className={cx("flex min-w-0 items-start rounded-md border bg-sunken", className)}>
      <pre
        translate="no"
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
        tabIndex={0}
        role="region"
        aria-label={what}
        className={cx(
          "scroll-thin max-h-96 min-w-0 flex-1 overflow-auto py-3 pl-3 font-mono text-sm",
          wrap === true && "break-all whitespace-pre-wrap",
        )}
      >
        {code}
      </pre>
      <span className="shrink-0 p-1.5">
        <CopyButton text={code} what={what} />
      </span>
    </div>
  );
}
