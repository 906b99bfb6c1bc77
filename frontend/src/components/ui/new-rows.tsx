import { ArrowUp } from "lucide-react";
import type { ReactElement } from "react";

import { Button } from "./button";
import { cx } from "./cx";
import { formatNumber } from "./format";

/** Over a live list: how many new rows wait, for a reader who is not at its top. It shows them. */
export function NewRows({
  count,
  onShow,
  className,
}: {
  count: number;
  onShow: () => void;
  /** Where it stands. */
  className: string;
}): ReactElement {
  return (
    <div className={cx("pointer-events-none z-20 flex justify-center", className)}>
      <Button
        look="primary"
        size="sm"
        icon={ArrowUp}
        onPress={onShow}
        className="pointer-events-auto rounded-full shadow-overlay"
      >
        {formatNumber(count)} new
      </Button>
    </div>
  );
}
