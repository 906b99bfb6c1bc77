import type { ReactElement, ReactNode, RefObject } from "react";
import { Dialog, Popover } from "react-aria-components";

import { popoverClass } from "@/components/ui/classes";
import { cx } from "@/components/ui/cx";
import { isNarrow } from "@/components/ui/narrow";
import { Sheet } from "@/components/ui/sheet";

interface SlotPickerProps {
  label: string;
  isOpen: boolean;
  onClose: () => void;
  /** What it opens beside. */
  anchor: RefObject<Element | null>;
  children: ReactNode;
}

/** Where one value is chosen: beside it, or, where there is no room beside anything, from the lower edge. */
export function SlotPicker({ label, isOpen, onClose, anchor, children }: SlotPickerProps): ReactElement {
  if (isNarrow()) {
    return (
      <Sheet title={label} isOpen={isOpen} onClose={onClose}>
        {children}
      </Sheet>
    );
  }
  return (
    <Popover
      triggerRef={anchor}
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      offset={6}
      placement="bottom start"
      className={cx(popoverClass, "w-96")}
    >
      <Dialog aria-label={label} className="outline-none">
        {children}
      </Dialog>
    </Popover>
  );
}
