import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import type { MouseEvent, ReactElement, ReactNode } from "react";
import { useEffect } from "react";
import { useClient } from "urql";

import type { Page } from "./pages";
import type { staffPages } from "./staff-pages";

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** The entry that this one comes back to: it has that one's rows and its place in them. */
    place?: string;
  }
}

interface Place {
  href: string;
  entry: string;
}

/** The lists to which a link of the rail comes back as they were left. */
const lists = new Set<string>(["/deliveries", "/conversions", "/clicks"]);

/** Where somebody was last in each list. It goes with its client: another user was nowhere yet. */
const places = new WeakMap<object, Map<string, Place>>();

/** The entry whose rows and place are shown. */
export function useEntry(): string {
  return useLocation({ select: ({ state }) => state.place ?? state.__TSR_key ?? "" });
}

/** Remembers where somebody is, to come back to. */
export function useRememberPlace(): void {
  const client = useClient();
  const href = useLocation({ select: (location) => location.href });
  const list = useLocation({ select: ({ pathname }) => `/${pathname.split("/")[1] ?? ""}` });
  const entry = useEntry();
  useEffect(() => {
    if (!lists.has(list)) return;
    const known = places.get(client) ?? new Map<string, Place>();
    places.set(client, known.set(list, { href, entry }));
  }, [client, list, href, entry]);
}

/** A link of the rail to a page. From elsewhere it comes back to a list as it was left; from within, it begins anew. */
export function PageLink({
  to,
  className,
  title,
  onGo,
  children,
}: {
  to: (Page | (typeof staffPages)[number])["to"];
  className: string;
  onGo?: () => void;
  title?: string;
  children: ReactNode;
}): ReactElement {
  const client = useClient();
  const navigate = useNavigate();
  const isInside = useLocation({
    select: ({ pathname }) => pathname === to || pathname.startsWith(`${to}/`),
  });
  // A tracker's page is reached from the postbacks.
  const isParent = useLocation({
    select: ({ pathname }) => to === "/postbacks" && pathname.startsWith("/trackers/"),
  });
  const comeBack = (e: MouseEvent) => {
    onGo?.();
    const place = places.get(client)?.get(to);
    if (isInside || !place || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || e.button !== 0) return;
    e.preventDefault();
    void navigate({ href: place.href, state: { place: place.entry } });
  };
  return (
    <Link
      to={to}
      activeOptions={{ exact: to === "/" }}
      {...(isParent && { inactiveProps: { "data-status": "active" } })}
      className={className}
      onClick={comeBack}
      {...(title === undefined ? {} : { title })}
    >
      {children}
    </Link>
  );
}
