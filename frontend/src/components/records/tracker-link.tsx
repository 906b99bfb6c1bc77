import { Link } from "@tanstack/react-router";
import type { ReactElement, ReactNode } from "react";

/** Leads to a tracker: by its name, or by other words. */
export function TrackerLink({
  id,
  name,
  children,
}: {
  id: string;
  name: string;
  children?: ReactNode;
}): ReactElement {
  return (
    <Link to="/trackers/$id" params={{ id }} className="link">
      {children ?? name}
    </Link>
  );
}
