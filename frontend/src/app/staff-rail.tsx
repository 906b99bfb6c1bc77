import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { cx } from "@/components/ui/cx";

import { staffPages } from "./staff-pages";

/** The staff's own pages, under everybody's. */
export function StaffRail({ item }: { item: string }): ReactElement {
  return (
    <>
      {staffPages.map(({ to, name, icon: Icon }, i) => (
        <li key={to} className={cx(i === 0 && "mt-3")}>
          <Link to={to} className={item} title={name}>
            <Icon aria-hidden className="size-4 shrink-0" />
            <span className="max-lg:sr-only">{name}</span>
          </Link>
        </li>
      ))}
    </>
  );
}
