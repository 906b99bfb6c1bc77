import { type ReactElement, useState } from "react";

import { FilterItems } from "@/components/ui/filter-menu";
import { FilterSearch } from "@/components/ui/filter-search";

import type { Choices } from "./use-choices";

/** How many names are looked through faster than searched. */
const few = 12;

interface ChoiceItemsProps {
  /** One of them, as a title: "Campaign". */
  name: string;
  choices: Choices;
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

/** The names that a filter chooses one of, searched where there are many. */
export function ChoiceItems({ name, choices: of, value, onChange }: ChoiceItemsProps): ReactElement {
  const { choices, isLoading, onSearch, isSearching } = of;
  const [typed, setTyped] = useState("");
  const word = name.toLowerCase();
  const note = isLoading
    ? "Loading…"
    : isSearching
      ? "Searching…"
      : typed === ""
        ? `No ${word}s.`
        : `No ${word} matches “${typed}”`;
  const items = (
    <FilterItems
      name={name}
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
      label={`Search ${word}s`}
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
