import type { ReactElement } from "react";

import { upper } from "@/components/records/address";
import { CampaignFilter } from "@/components/records/campaign-filter";
import { useGoalChoices } from "@/components/records/choices";
import { stateWord } from "@/components/ui/badge";
import { FilterMenu } from "@/components/ui/filter-menu";
import { SearchBox } from "@/components/ui/search-box";

import { codeClasses, type DeliveriesSearch, deliveryStates } from "./search";

const ranges = [
  { id: "15m", label: "Last 15 minutes" },
  { id: "1h", label: "Last hour" },
  { id: "24h", label: "Last 24 hours" },
  { id: "7d", label: "Last 7 days" },
];

const replayed = [
  { id: "only", label: "Only failures that were replayed" },
  { id: "all", label: "Failures, replayed or not" },
];

const warnings = [{ id: "only", label: "Sent without a click id" }];

const codes = [
  { id: "2xx", label: "2xx: accepted" },
  { id: "3xx", label: "3xx: redirected" },
  { id: "4xx", label: "4xx: refused" },
  { id: "5xx", label: "5xx: server error" },
];

/** What the log shows; it stands in the address, so that a view can be shared. */
export function Filters({
  search,
  set,
}: {
  search: DeliveriesSearch;
  set: (change: Partial<DeliveriesSearch>) => void;
}): ReactElement {
  const goals = useGoalChoices();
  return (
    <div role="search" aria-label="Filters" className="flex flex-wrap items-center gap-2 px-4 pb-3">
      <SearchBox
        label="Search deliveries"
        placeholder="Any id: tracker’s click id, transaction…"
        value={search.q ?? ""}
        onChange={(q) => {
          set({ q: q === "" ? undefined : q });
        }}
        className="w-full sm:w-80"
      />
      <FilterMenu
        name="State"
        multiple
        choices={deliveryStates.map((state) => ({ id: state, label: stateWord(upper(state)) }))}
        selected={search.state ?? []}
        onChange={(chosen) => {
          set({ state: chosen.length === 0 ? undefined : deliveryStates.filter((s) => chosen.includes(s)) });
        }}
      />
      <FilterMenu
        name="Replayed"
        choices={replayed}
        selected={search.replayed === undefined ? [] : [search.replayed]}
        onChange={([chosen]) => {
          set({ replayed: chosen as DeliveriesSearch["replayed"] });
        }}
      />
      <FilterMenu
        name="Goal"
        multiple
        choices={goals}
        selected={search.goal ?? []}
        onChange={(chosen) => {
          set({ goal: chosen.length === 0 ? undefined : chosen });
        }}
      />
      <CampaignFilter
        value={search.campaign}
        onChange={(chosen) => {
          set({ campaign: chosen });
        }}
      />
      <FilterMenu
        name="Code"
        choices={codes}
        selected={search.code === undefined ? [] : [search.code]}
        onChange={([code]) => {
          set({ code: codeClasses.find((c) => c === code) });
        }}
      />
      <FilterMenu
        name="Warning"
        choices={warnings}
        selected={search.warning === undefined ? [] : [search.warning]}
        onChange={([chosen]) => {
          set({ warning: chosen as DeliveriesSearch["warning"] });
        }}
      />
      <FilterMenu
        name="Time"
        choices={ranges}
        selected={search.range === undefined ? [] : [search.range]}
        onChange={([range]) => {
          set({ range: range as DeliveriesSearch["range"] });
        }}
      />
      {search.postback !== undefined && (
        <FilterMenu
          name="Postback"
          choices={[{ id: search.postback, label: "one postback" }]}
          selected={[search.postback]}
          onChange={() => {
            set({ postback: undefined });
          }}
        />
      )}
    </div>
  );
}
