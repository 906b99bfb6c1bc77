import { ChevronsUpDown } from "lucide-react";
import type { ReactElement } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components";

import type { Viewer } from "@/graphql/viewer";

import { whoIs } from "./account";

/** Who is signed in; it opens the account's menu. */
export function AccountButton({
  viewer,
  ...props
}: { viewer: Viewer } & Omit<ButtonProps, "children" | "className" | "style">): ReactElement {
  return (
    <AriaButton
      aria-haspopup="menu"
      {...props}
      className="flex min-h-10 items-center gap-2 rounded-md px-2 py-1 text-left hover:bg-sunken max-lg:justify-center max-lg:px-0"
    >
      <span className="min-w-0 flex-1 max-lg:sr-only">
        <span className="sr-only">Account </span>
        <span className="block truncate font-medium">{whoIs(viewer)}</span>
        <span className="block truncate text-xs text-muted">{viewer.user.email}</span>
      </span>
      <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
    </AriaButton>
  );
}
