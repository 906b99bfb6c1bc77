import { ChevronDown } from "lucide-react";
import type { ReactElement } from "react";
import { MenuTrigger, Popover } from "react-aria-components";

import { stateWord } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { popoverClass } from "@/components/ui/classes";
import { FilterItems } from "@/components/ui/filter-menu";

import type { Status } from "./draft";

const statuses: readonly Status[] = ["PENDING", "APPROVED", "REJECTED", "CANCELLED"];

/** The statuses of a goal's conversions that are sent, behind a button that says them. */
export function StatusMenu({
  goal,
  value,
  onChange,
}: {
  goal: string;
  value: readonly Status[];
  onChange: (value: Status[]) => void;
}): ReactElement {
  const words = value.map((status) => stateWord(status)).join(", ");
  return (
    <MenuTrigger>
      <Button size="sm" aria-label={`Statuses of ${goal}: ${words === "" ? "none" : words}`}>
        {words === "" ? "No status" : words}
        <ChevronDown aria-hidden className="size-3.5 text-muted" />
      </Button>
      <Popover offset={4} className={popoverClass}>
        <FilterItems
          name={`Statuses of ${goal}`}
          multiple
          choices={statuses.map((id) => ({ id, label: stateWord(id) }))}
          selected={value}
          onChange={(chosen) => {
            onChange(statuses.filter((status) => chosen.includes(status)));
          }}
        />
      </Popover>
    </MenuTrigger>
  );
}
