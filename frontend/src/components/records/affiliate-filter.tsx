import { lazy, type ReactElement, Suspense } from "react";

import { FilterFrame } from "@/components/ui/filter-menu";

interface AffiliateFilterProps {
  /** An affiliate's id; undefined: all of them. */
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

// A page without this filter set loads it only when it is opened.
const load = () => import("./affiliate-filter-menu");
const Items = lazy(() => load().then((m) => ({ default: m.AffiliateItems })));
const Name = lazy(() => load().then((m) => ({ default: m.AffiliateName })));

/** Filters a list by one affiliate: for staff. */
export function AffiliateFilter({ value, onChange }: AffiliateFilterProps): ReactElement {
  return (
    <FilterFrame
      name="Affiliate"
      value={
        value === undefined ? null : (
          <Suspense fallback="…">
            <Name id={value} />
          </Suspense>
        )
      }
      onClear={() => {
        onChange(undefined);
      }}
    >
      <Suspense fallback={<p className="px-2 py-1">Loading…</p>}>
        <Items value={value} onChange={onChange} />
      </Suspense>
    </FilterFrame>
  );
}
