import type { ReactElement } from "react";

import { cx } from "./cx";

/** A line of something that is on its way. */
export function Skeleton({ className }: { className?: string }): ReactElement {
  return (
    <span
      aria-hidden
      data-loading
      className={cx(
        "block h-3.5 rounded-sm bg-sunken motion-safe:animate-[pulse-soft_1.6s_ease-in-out_infinite]",
        className,
      )}
    />
  );
}

export function SkeletonBlock({ lines = 4, label }: { lines?: number; label: string }): ReactElement {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-3 p-4">
      {Array.from({ length: lines }, (_, i) => (
        <Skeleton key={i} className={["w-1/3", "w-3/4", "w-2/3", "w-1/2"][i % 4] ?? "w-1/2"} />
      ))}
    </div>
  );
}
