import { type ComponentType, lazy, type ReactElement, Suspense } from "react";

import { FilterFrame } from "@/components/ui/filter-menu";

interface RecordFilterProps {
  /** A record's id; undefined: all of them. */
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

// A page without the filter set loads its menu only when it is opened.
const campaigns = () => import("./campaign-filter-menu");
const CampaignItems = lazy(() => campaigns().then((m) => ({ default: m.CampaignItems })));
const CampaignName = lazy(() => campaigns().then((m) => ({ default: m.CampaignName })));
const trackers = () => import("./tracker-filter-menu");
const TrackerItems = lazy(() => trackers().then((m) => ({ default: m.TrackerItems })));
const TrackerName = lazy(() => trackers().then((m) => ({ default: m.TrackerName })));
const affiliates = () => import("./affiliate-filter-menu");
const AffiliateItems = lazy(() => affiliates().then((m) => ({ default: m.AffiliateItems })));
const AffiliateName = lazy(() => affiliates().then((m) => ({ default: m.AffiliateName })));

/** Filters a list by one campaign. */
export function CampaignFilter(props: RecordFilterProps): ReactElement {
  return <RecordFilter name="Campaign" Items={CampaignItems} Name={CampaignName} {...props} />;
}

/** Filters a list by one tracker. */
export function TrackerFilter(props: RecordFilterProps): ReactElement {
  return <RecordFilter name="Tracker" Items={TrackerItems} Name={TrackerName} {...props} />;
}

/** Filters a list by one affiliate: for staff. */
export function AffiliateFilter(props: RecordFilterProps): ReactElement {
  return <RecordFilter name="Affiliate" Items={AffiliateItems} Name={AffiliateName} {...props} />;
}

function RecordFilter({
  name,
  Items,
  Name,
  value,
  onChange,
}: RecordFilterProps & {
  name: string;
  Items: ComponentType<RecordFilterProps>;
  Name: ComponentType<{ id: string }>;
}): ReactElement {
  return (
    <FilterFrame
      name={name}
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
