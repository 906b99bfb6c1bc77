import type { LucideIcon } from "lucide-react";
import type { ReactElement } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from "react-aria-components";

import { itemClass, popoverClass } from "./classes";
import { cx } from "./cx";

export interface Action {
  id: string;
  label: string;
  icon?: LucideIcon;
  danger?: boolean;
  run: () => void;
}

/** Actions behind one button. `trigger` is a Button or an IconButton. */
export function Menu({
  trigger,
  label,
  actions,
  isOpenAtFirst = false,
}: {
  trigger: ReactElement;
  label: string;
  actions: readonly Action[];
  /** Opens as it appears: for a menu that is fetched when its button is pressed. */
  isOpenAtFirst?: boolean;
}): ReactElement {
  return (
    <MenuTrigger defaultOpen={isOpenAtFirst}>
      {trigger}
      <Popover offset={4} placement="bottom end" className={popoverClass}>
        <AriaMenu aria-label={label} items={actions} className="outline-none">
          {({ id, label: name, icon: Icon, danger, run }) => (
            <MenuItem
              id={id}
              textValue={name}
              onAction={run}
              className={cx(itemClass, danger === true && "text-failed")}
            >
              {Icon && <Icon aria-hidden className="size-4 shrink-0" />}
              {name}
            </MenuItem>
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
