import { Minus, Plus } from "lucide-react";
import type { ReactElement } from "react";

import { cx } from "@/components/ui/cx";

import type { Change } from "./platforms";

const looks = {
  added: ["Added", "text-delivered"],
  removed: ["Removed", "text-failed line-through"],
  kept: ["Kept", ""],
} as const;

/** What a mapping becomes, entry by entry; nothing where it stays empty. */
export function MappingChanges({
  title,
  changes,
}: {
  title: string;
  changes: readonly Change[];
}): ReactElement | null {
  if (changes.length === 0) return null;
  return (
    <section className="flex flex-col gap-1">
      <h3 className="text-sm font-medium">{title}</h3>
      <ul aria-label={title} translate="no" className="font-mono text-sm">
        {changes.map(({ word, kind }) => (
          <li key={`${kind} ${word.from} ${word.to}`} className="flex items-center gap-1.5">
            {kind === "added" && <Plus aria-hidden className="size-3.5 shrink-0 text-delivered" />}
            {kind === "removed" && <Minus aria-hidden className="size-3.5 shrink-0 text-failed" />}
            {kind === "kept" && <span className="w-3.5 shrink-0" />}
            <span className="sr-only">{looks[kind][0]}: </span>
            <span className={cx("min-w-0 break-all", looks[kind][1])}>
              {word.from} → {word.to}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
