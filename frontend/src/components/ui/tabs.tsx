import type { ReactElement, ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components";

import { cx } from "./cx";

export interface TabSpec {
  id: string;
  label: ReactNode;
  content: ReactNode;
}

export function Tabs({
  label,
  tabs,
  selected,
  onSelect,
}: {
  label: string;
  tabs: readonly TabSpec[];
  selected: string;
  onSelect: (id: string) => void;
}): ReactElement {
  return (
    <AriaTabs
      // The ring belongs to what has the keyboard in it, not to all of it.
      className="outline-none"
      selectedKey={selected}
      onSelectionChange={(key) => {
        onSelect(String(key));
      }}
    >
      <TabList aria-label={label} className="flex flex-wrap gap-x-5 border-b max-sm:gap-x-3">
        {tabs.map((tab) => (
          <Tab
            key={tab.id}
            id={tab.id}
            className={cx(
              "-mb-px cursor-default whitespace-nowrap border-b-2 border-transparent py-2 text-base text-muted hover:text-ink",
              "data-[selected]:border-accent data-[selected]:font-medium data-[selected]:text-ink",
              "data-[focus-visible]:outline-2 data-[focus-visible]:-outline-offset-2 data-[focus-visible]:outline-accent",
            )}
          >
            {tab.label}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className="pt-4 outline-offset-4">
          {tab.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
