import { Check, X } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Button, DialogTrigger, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";

import { type Choice } from "./choice";
import { itemClass, popoverClass } from "./classes";
import { cx } from "./cx";

interface FilterFrameProps {
  /** What is filtered by: "State". */
  name: string;
  /** What it is set to; null: everything. */
  value: ReactNode;
  onClear: () => void;
  /** What opens: a menu unless said otherwise. */
  opens?: "dialog";
  /** What it can be set to. */
  children: ReactNode;
}

/** One filter of a list: says what it is set to, and opens to be set. */
export function FilterFrame({ name, value, onClear, opens, children }: FilterFrameProps): ReactElement {
  const active = value !== null;
  const Trigger = opens === "dialog" ? DialogTrigger : MenuTrigger;
  return (
    <span
      className={cx(
        "inline-flex max-w-full items-stretch rounded-md border text-sm",
        active ? "border-accent bg-accent-soft text-accent-strong" : "border-dashed border-edge text-muted",
      )}
    >
      <Trigger>
        <Button
          {...(active ? {} : { "aria-label": `Filter by ${name.toLowerCase()}` })}
          className="flex h-6.5 min-w-0 items-center gap-1 rounded-md px-2 hover:text-ink pointer-coarse:h-9"
        >
          <span className="shrink-0">{name}</span>
          {active ? (
            <span className="min-w-0 truncate font-medium"> {value}</span>
          ) : (
            <span aria-hidden className="text-xs max-sm:hidden">
              ▾
            </span>
          )}
        </Button>
        <Popover offset={4} placement="bottom start" className={popoverClass}>
          {children}
        </Popover>
      </Trigger>
      {active && (
        <Button
          aria-label={`Clear ${name.toLowerCase()}`}
          onPress={onClear}
          className="flex w-6 items-center justify-center rounded-md hover:text-ink pointer-coarse:w-9"
        >
          <X aria-hidden className="size-3.5" />
        </Button>
      )}
    </span>
  );
}

interface FilterMenuProps {
  /** What is filtered by: "State". */
  name: string;
  choices: readonly Choice[];
  selected: readonly string[];
  onChange: (selected: string[]) => void;
  /** Several at once. */
  multiple?: boolean;
  /** What is said in place of choices where none is left. */
  empty?: ReactNode;
}

/** The choices of a filter. Choosing the same again takes it away. */
export function FilterItems({
  name,
  choices,
  selected,
  onChange,
  multiple,
  empty,
}: FilterMenuProps): ReactElement {
  return (
    <Menu
      aria-label={name}
      items={choices}
      selectionMode={multiple === true ? "multiple" : "single"}
      // Several are chosen one after the other: the menu stays, whether by pointer, Space or Enter.
      shouldCloseOnSelect={multiple !== true}
      selectedKeys={selected}
      onSelectionChange={(keys) => {
        onChange(keys === "all" ? choices.map((c) => c.id) : [...keys].map(String));
      }}
      renderEmptyState={() => empty}
      className="outline-none"
    >
      {(choice) => (
        <MenuItem id={choice.id} textValue={choice.label} className={itemClass}>
          {({ isSelected }) => (
            <>
              <Check
                aria-hidden
                className={cx("size-3.5 shrink-0 text-accent", isSelected ? "visible" : "invisible")}
              />
              <span className="truncate">{choice.label}</span>
            </>
          )}
        </MenuItem>
      )}
    </Menu>
  );
}

/** A filter with its choices at hand. */
export function FilterMenu(props: FilterMenuProps): ReactElement {
  const { name, choices, selected, onChange } = props;
  const names = selected.map((id) => choices.find((choice) => choice.id === id)?.label ?? "…");
  return (
    <FilterFrame
      name={name}
      value={
        names.length === 0 ? null : names.length > 2 ? `${String(names.length)} selected` : names.join(", ")
      }
      onClear={() => {
        onChange([]);
      }}
    >
      <FilterItems {...props} />
    </FilterFrame>
  );
}
