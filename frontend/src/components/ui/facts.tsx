import type { ReactElement, ReactNode } from "react";

import { cx } from "./cx";

/** Names and values, the names in one column. */
export function Facts({ children, className }: { children: ReactNode; className?: string }): ReactElement {
  return (
    <dl
      className={cx(
        "grid grid-cols-[minmax(6.5rem,max-content)_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-base",
        className,
      )}
    >
      {children}
    </dl>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
