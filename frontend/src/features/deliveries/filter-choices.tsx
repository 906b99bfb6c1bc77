import type { ReactElement } from "react";

import { upper } from "@/components/records/address";
import { useGoalChoices } from "@/components/records/choices";
import { CampaignFilter, TrackerFilter } from "@/components/records/record-filter";
import { stateWord } from "@/components/ui/badge";
import { DateRange } from "@/components/ui/date-range";
import { FilterMenu } from "@/components/ui/filter-menu";

import type { FiltersProps } from "./filters";
import { codeClasses, type DeliveriesSearch, deliveryStates } from "./search";

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

/** What the log can be narrowed to, besides a search. */
export function Choices({ search, set }: FiltersProps): ReactElement {
  const goals = useGoalChoices();
  return (
    <>
      <DateRange value={search} onChange={set} />
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
      <TrackerFilter
        value={search.tracker}
        onChange={(chosen) => {
          set({ tracker: chosen });
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
        name="Replayed"
        choices={replayed}
        selected={search.replayed === undefined ? [] : [search.replayed]}
        onChange={([chosen]) => {
          set({ replayed: chosen as DeliveriesSearch["replayed"] });
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
    </>
  );
}
