import { CircleCheck, CircleDashed } from "lucide-react";
import type { ReactElement, ReactNode } from "react";

import { cx } from "@/components/ui/cx";

/** One step of a set-up: done or to do, and what it says of itself. */
export function Step({
  title,
  done,
  children,
}: {
  title: string;
  done: boolean;
  children: ReactNode;
}): ReactElement {
  const Icon = done ? CircleCheck : CircleDashed;
  return (
    <li className="flex items-start gap-2.5 px-4 py-2.5">
      <Icon
        role="img"
        aria-label={done ? "Done" : "To do"}
        className={cx("mt-0.5 size-4 shrink-0", done ? "text-delivered" : "text-faint")}
      />
      <div className="min-w-0">
        <p className={cx(done ? "text-muted" : "font-medium")}>{title}</p>
        <p className="text-sm text-muted">{children}</p>
      </div>
    </li>
  );
}
