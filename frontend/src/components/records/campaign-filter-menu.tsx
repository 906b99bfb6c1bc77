import { type ReactElement, useState } from "react";

import { FilterItems } from "@/components/ui/filter-menu";
import { FilterSearch } from "@/components/ui/filter-search";

import { useCampaignChoices } from "./campaign-choices";

/** How many campaigns are looked through faster than searched. */
const few = 12;

export function CampaignName({ id }: { id: string }): string {
  const { choices } = useCampaignChoices(id);
  return choices.find((choice) => choice.id === id)?.label ?? "…";
}

interface CampaignItemsProps {
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

export function CampaignItems({ value, onChange }: CampaignItemsProps): ReactElement {
  const { choices, isLoading, onSearch, isSearching } = useCampaignChoices(value);
  const [typed, setTyped] = useState("");
  const note = isLoading
    ? "Loading…"
    : isSearching
      ? "Searching…"
      : typed === ""
        ? "No campaigns."
        : `No campaign matches “${typed}”`;
  const items = (
    <FilterItems
      name="Campaign"
      choices={choices}
      selected={value === undefined ? [] : [value]}
      onChange={([id]) => {
        onChange(id);
      }}
      empty={<p className="px-2 py-1 text-sm text-muted">{note}</p>}
    />
  );
  if (choices.length <= few) return items;
  return (
    <FilterSearch
      label="Search campaigns"
      value={typed}
      onChange={(text) => {
        setTyped(text);
        onSearch?.(text);
      }}
    >
      {items}
    </FilterSearch>
  );
}
