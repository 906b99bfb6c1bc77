import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { staffGroups, staffPages } from "./staff-pages";

/** The staff's own pages, under everybody's, by what they are about. */
export function StaffRail({ item }: { item: string }): ReactElement {
  return (
    <>
      {staffGroups.map((group) => (
        <li key={group} className="mt-3">
          <p
            id={`rail-${group}`}
            className="px-2 pb-1 text-xs font-medium text-muted max-lg:mx-1 max-lg:mb-1 max-lg:h-px max-lg:overflow-hidden max-lg:bg-line max-lg:p-0"
          >
            {group}
          </p>
          <ul aria-labelledby={`rail-${group}`} className="flex flex-col gap-px">
            {staffPages
              .filter((page) => page.group === group)
              .map(({ to, name, icon: Icon }) => (
                <li key={to}>
                  <Link to={to} className={item} title={name}>
                    <Icon aria-hidden className="size-4 shrink-0" />
                    <span className="max-lg:sr-only">{name}</span>
                  </Link>
                </li>
              ))}
          </ul>
        </li>
      ))}
    </>
  );
}
