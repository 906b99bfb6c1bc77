import { lazy, type ReactElement, Suspense } from "react";

import { FilterFrame } from "@/components/ui/filter-menu";

interface CampaignFilterProps {
  /** A campaign's id; undefined: all of them. */
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

// A page without this filter set loads it only when it is opened.
const load = () => import("./campaign-filter-menu");
const Items = lazy(() => load().then((m) => ({ default: m.CampaignItems })));
const Name = lazy(() => load().then((m) => ({ default: m.CampaignName })));

/** Filters a list by one campaign. */
export function CampaignFilter({ value, onChange }: CampaignFilterProps): ReactElement {
  return (
    <FilterFrame
      name="Campaign"
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
