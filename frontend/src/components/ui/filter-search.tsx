import type { ReactElement, ReactNode } from "react";
import { Autocomplete, Input, SearchField, useFilter } from "react-aria-components";

import { inputClass } from "./classes";
import { cx } from "./cx";

interface FilterSearchProps {
  label: string;
  value: string;
  onChange: (text: string) => void;
  /** The choices. */
  children: ReactNode;
}

/** A filter's choices under a field that narrows them. */
export function FilterSearch({ label, value, onChange, children }: FilterSearchProps): ReactElement {
  const { contains } = useFilter({ sensitivity: "base" });
  return (
    <Autocomplete filter={contains} inputValue={value} onInputChange={onChange}>
      <SearchField aria-label={label} autoFocus className="p-1">
        <Input
          placeholder="Type to search"
          className={cx(inputClass, "[&::-webkit-search-cancel-button]:hidden")}
        />
      </SearchField>
      {children}
    </Autocomplete>
  );
}
