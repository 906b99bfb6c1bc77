import type { ReactElement, ReactNode } from "react";

import { cx } from "./cx";
import { useHotkey } from "./hotkeys";

/** A list, and beside it what was opened from it. Where there is no room for both, the opened one lies over the list. */
export function Split({
  list,
  detail,
  label,
  onClose,
}: {
  list: ReactNode;
  detail: ReactNode | null;
  /** What the detail is: "Delivery". */
  label: string;
  /** Escape closes the detail, also while it is still on its way. */
  onClose: () => void;
}): ReactElement {
  const open = detail !== null;
  useHotkey("Escape", () => {
    if (open) onClose();
  });
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className={cx("flex min-h-0 min-w-0 flex-1 flex-col", open && "max-lg:invisible")}>{list}</div>
      {open && (
        <section
          aria-label={label}
          className="scroll-thin min-h-0 overflow-x-hidden overflow-y-auto bg-surface max-lg:absolute max-lg:inset-0 max-lg:z-10 lg:w-[28rem] lg:shrink-0 lg:border-l xl:w-[34rem]"
        >
          {detail}
        </section>
      )}
    </div>
  );
}
