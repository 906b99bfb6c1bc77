import type { ReactElement, ReactNode } from "react";

import { Skeleton } from "./skeleton";

/** The few numbers that a page is looked at for, side by side: four on a desk, two and two on a phone. */
export function Figures({ label, children }: { label: string; children: ReactNode }): ReactElement {
  return (
    <dl
      aria-label={label}
      className="grid grid-cols-2 divide-x divide-y rounded-md border bg-surface md:grid-cols-4 md:divide-y-0 max-md:[&>*:nth-child(-n+2)]:border-t-0 max-md:[&>*:nth-child(odd)]:border-l-0"
    >
      {children}
    </dl>
  );
}

/** One of them; below it what it is set against. */
export function Figure({
  name,
  value,
  children,
}: {
  name: string;
  /** Undefined while it is on its way. */
  value: ReactNode;
  children?: ReactNode;
}): ReactElement {
  return (
    <div className="min-w-0 px-4 py-3">
      <dt className="text-sm text-muted">{name}</dt>
      <dd translate="no" className="tabular mt-0.5 text-2xl font-semibold tracking-tight break-words">
        {value ?? <Skeleton className="my-1.5 h-5 w-16" />}
      </dd>
      <dd className="tabular mt-0.5 min-h-5 text-sm text-muted">{children}</dd>
    </div>
  );
}
