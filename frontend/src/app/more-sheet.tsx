import { Link } from "@tanstack/react-router";
import { LogOut, Search } from "lucide-react";
import type { ReactElement } from "react";
import { Button as AriaButton } from "react-aria-components";

import { Sheet } from "@/components/ui/sheet";
import type { Viewer } from "@/graphql/viewer";

import { useSignOut, whoIs } from "./account";
import { ViewAs } from "./view-as";
import { pages, thumbPages } from "./pages";
import { staffPages } from "./staff-pages";

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
      {[
        ...pages.filter((page) => !thumbPages.includes(page.to)),
        ...(viewer.role === "AFFILIATE" ? [] : staffPages),
      ].map(({ to, name, icon: Icon }) => (
        <Link key={to} to={to} onClick={onClose} className={row}>
          <Icon aria-hidden className="size-5 text-muted" />
          {name}
        </Link>
      ))}
      {viewer.role !== "AFFILIATE" && <ViewAs wide />}
      <AriaButton onPress={signOut} className={row}>
        <LogOut aria-hidden className="size-5 text-muted" />
        Sign out
      </AriaButton>
    </Sheet>
  );
}
