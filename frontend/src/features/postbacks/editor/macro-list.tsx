import { Search } from "lucide-react";
import type { ReactElement } from "react";
import {
  Autocomplete,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  SearchField,
} from "react-aria-components";

import { inputClass, itemClass } from "@/components/ui/classes";
import { cx } from "@/components/ui/cx";

import { inGroups, type Macro } from "./macros";

/** Every word that is typed has to be in a macro's name, meaning, group or another of its names. */
function matches(hay: string, typed: string): boolean {
  const text = hay.toLowerCase();
  return typed
    .toLowerCase()
    .split(/[\s{}]+/)
    .every((word) => text.includes(word));
}

/** All macros, each with its meaning and an example; typing narrows the list, Enter chooses. */
export function MacroList({
  macros,
  onChoose,
}: {
  macros: readonly Macro[];
  onChoose: (macro: string) => void;
}): ReactElement {
  return (
    <Autocomplete filter={matches}>
      <SearchField aria-label="Search the macros" autoFocus className="relative">
        <Search
          aria-hidden
          className="pointer-events-none absolute inset-y-0 left-2.5 my-auto size-3.5 text-faint"
        />
        <Input
          placeholder="Search: click id, money, country…"
          className={cx(inputClass, "pl-8 [&::-webkit-search-cancel-button]:hidden")}
        />
      </SearchField>
      <div
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
        tabIndex={0}
        role="group"
        aria-label="All macros"
        className="scroll-thin max-h-72 overflow-y-auto"
      >
        <ListBox
          aria-label="Macros"
          selectionMode="single"
          selectedKeys={[]}
          onAction={(key) => {
            onChoose(String(key));
          }}
          renderEmptyState={() => <p className="px-2 py-3 text-muted">No macro found.</p>}
          className="outline-none"
        >
          {inGroups(macros).map(({ group, macros: members }) => (
            <ListBoxSection key={group} id={group}>
              <Header className="px-2 pt-2 pb-0.5 text-xs font-medium text-muted">{group}</Header>
              {members.map((macro) => (
                <ListBoxItem
                  key={macro.name}
                  id={macro.name}
                  textValue={[macro.name, ...macro.aliases, macro.meaning, group].join(" ")}
                  className={cx(itemClass, "flex-wrap justify-between gap-x-3 gap-y-0")}
                >
                  <span translate="no" className="font-mono text-sm font-medium">{`{${macro.name}}`}</span>
                  <span translate="no" className="max-w-44 truncate font-mono text-xs text-muted">
                    {macro.example}
                  </span>
                  <span className="basis-full text-sm text-muted">{macro.meaning}</span>
                </ListBoxItem>
              ))}
            </ListBoxSection>
          ))}
        </ListBox>
      </div>
    </Autocomplete>
  );
}
