import { LogOut, Search } from "lucide-react";
import { Fragment, type ReactElement } from "react";
import { Button as AriaButton } from "react-aria-components";

import { Sheet } from "@/components/ui/sheet";
import type { Viewer } from "@/graphql/viewer";

import { useSignOut, whoIs } from "./account";
import { PageLink } from "./page-link";
import { type Page, pages, thumbPages } from "./pages";
import { staffGroups, staffPages } from "./staff-pages";
import { ViewAs } from "./view-as";

/** The pages that the bottom bar has no room for. */
export function MoreSheet({
  viewer,
  onClose,
  onSearch,
}: {
  viewer: Viewer;
  onClose: () => void;
  onSearch: () => void;
}): ReactElement {
  const signOut = useSignOut();
  const row =
    "flex min-h-11 w-full items-center gap-3 rounded-md px-2 text-left text-base text-ink no-underline hover:bg-sunken data-[status=active]:text-accent-strong";
  return (
    <Sheet title={whoIs(viewer)} isOpen onClose={onClose}>
      <p className="truncate px-2 pb-2 text-muted">{viewer.user.email}</p>
      <AriaButton onPress={onSearch} className={row}>
        <Search aria-hidden className="size-5 text-muted" />
        Search
      </AriaButton>
      {pages
        .filter((page) => !thumbPages.includes(page.to))
        .map((page) => (
          <Row key={page.to} page={page} className={row} onClose={onClose} />
        ))}
      {viewer.role !== "AFFILIATE" &&
        staffGroups.map((group) => (
          <Fragment key={group}>
            <h3 className="px-2 pt-3 pb-1 text-sm font-medium text-muted">{group}</h3>
            {staffPages
              .filter((page) => page.group === group)
              .map((page) => (
                <Row key={page.to} page={page} className={row} onClose={onClose} />
              ))}
          </Fragment>
        ))}
      {viewer.role !== "AFFILIATE" && <ViewAs wide />}
      <AriaButton onPress={signOut} className={row}>
        <LogOut aria-hidden className="size-5 text-muted" />
        Sign out
      </AriaButton>
    </Sheet>
  );
}

function Row({
  page: { to, name, icon: Icon },
  className,
  onClose,
}: {
  page: Page | (typeof staffPages)[number];
  className: string;
  onClose: () => void;
}): ReactElement {
  return (
    <PageLink to={to} onGo={onClose} className={className}>
      <Icon aria-hidden className="size-5 text-muted" />
      {name}
    </PageLink>
  );
}
