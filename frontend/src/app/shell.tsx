import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { Ellipsis, Search } from "lucide-react";
import { lazy, type ReactElement, Suspense, useEffect, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useQuery } from "urql";

import { cx } from "@/components/ui/cx";
import { modKey, useHotkey } from "@/components/ui/hotkeys";
import { KeyHint } from "@/components/ui/key-hint";
import { ReadOnlyContext } from "@/components/ui/read-only";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import { ZoneContext } from "@/components/ui/time";
import { useHasForms } from "@/components/ui/unsaved";
import { explain } from "@/graphql/client";
import { setSessionLost, useSessionLost } from "@/graphql/session";
import { type Viewer, ViewerQuery } from "@/graphql/viewer";
import { EntryContext } from "@/history/entry";

import { AccountButton } from "./account-button";
import { LeaveGuard } from "./leave-guard";
import { PageLink, useEntry, useRememberPlace } from "./page-link";
import { pages, thumbPages } from "./pages";

const loadPalette = () => import("./palette");
const Palette = lazy(() => loadPalette().then((m) => ({ default: m.Palette })));
const Keys = lazy(() => import("./keys").then((m) => ({ default: m.Keys })));
const MoreSheet = lazy(() => import("./more-sheet").then((m) => ({ default: m.MoreSheet })));
const StaffRail = lazy(() => import("./staff-rail").then((m) => ({ default: m.StaffRail })));
const ViewAs = lazy(() => import("./view-as").then((m) => ({ default: m.ViewAs })));
const StaffOnly = lazy(() => import("./view-as").then((m) => ({ default: m.StaffOnly })));
const Banners = lazy(() => import("./banners").then((m) => ({ default: m.Banners })));
const LostSession = lazy(() => import("./lost-session").then((m) => ({ default: m.LostSession })));

/** Everything behind the sign-in: who is asking is known here, and the page stands inside. */
export function Shell(): ReactElement {
  const [{ data, error, fetching }, refetch] = useQuery({
    query: ViewerQuery,
    requestPolicy: "cache-and-network",
  });
  const lost = useSessionLost();
  const entry = useEntry();
  const viewer = data?.viewer ?? null;
  const [known, setKnown] = useState<Viewer | null>(null);
  if (viewer !== null && viewer !== known) setKnown(viewer);
  const someone = viewer ?? known;

  useEffect(() => {
    if (!fetching && data && viewer === null && known !== null) setSessionLost(true);
  }, [fetching, data, viewer, known]);

  if (someone === null) {
    if (error) {
      return (
        <ErrorState
          title="Postrider could not be reached"
          message={explain(error)}
          onRetry={() => {
            refetch({ requestPolicy: "network-only" });
          }}
        />
      );
    }
    if (!data) return <SkeletonBlock label="Loading" />;
    return <ToSignIn />;
  }

  return (
    <ZoneContext value={someone.user.timeZone ?? ""}>
      <ReadOnlyContext value={readOnly(someone)}>
        <EntryContext value={entry}>
          <Frame viewer={someone} />
        </EntryContext>
      </ReadOnlyContext>
      {lost && (
        <Suspense>
          <LostSession viewer={someone} />
        </Suspense>
      )}
    </ZoneContext>
  );
}

/** Why nothing can be changed: staff look at an affiliate's pages as they are. */
function readOnly(viewer: Viewer): string | null {
  return viewer.looking
    ? `You are viewing as ${viewer.affiliate?.name ?? "an affiliate"}: nothing can be changed.`
    : null;
}

/** Goes to the sign-in once, remembering where from. */
function ToSignIn(): ReactElement {
  const navigate = useNavigate();
  const { href } = useLocation();
  const [from] = useState(href);
  useEffect(() => {
    void navigate({ to: "/sign-in", search: from === "/" ? {} : { to: from }, replace: true });
  }, [navigate, from]);
  return <SkeletonBlock label="Loading the sign-in page" />;
}

function Frame({ viewer }: { viewer: Viewer }): ReactElement {
  const [open, setOpen] = useState<"palette" | "keys" | "more" | null>(null);
  const hasForms = useHasForms();
  useRememberPlace();
  const close = () => {
    setOpen(null);
  };
  // There before it is wanted: whoever presses the key types on at once.
  useEffect(() => {
    const timer = setTimeout(() => {
      void loadPalette();
    }, 1000);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  useHotkey("mod+k", () => {
    setOpen("palette");
  });
  useHotkey("?", () => {
    setOpen("keys");
  });

  return (
    <div className="flex h-dvh max-md:flex-col print:block print:h-auto">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <Rail
        viewer={viewer}
        onSearch={() => {
          setOpen("palette");
        }}
        onKeys={() => {
          setOpen("keys");
        }}
      />
      <div className="flex min-h-0 min-w-0 flex-1 flex-col print:block">
        <Suspense>
          <Banners viewer={viewer} />
        </Suspense>
        <Main viewer={viewer} />
      </div>
      {hasForms && <LeaveGuard />}
      <BottomBar
        onMore={() => {
          setOpen("more");
        }}
      />
      <Suspense>
        {open === "palette" && <Palette onClose={close} />}
        {open === "keys" && <Keys onClose={close} />}
        {open === "more" && (
          <MoreSheet
            viewer={viewer}
            onClose={close}
            onSearch={() => {
              setOpen("palette");
            }}
          />
        )}
      </Suspense>
    </div>
  );
}

/** The page. Whoever comes by a link begins at its top, with keyboard and screen reader too. */
function Main({ viewer }: { viewer: Viewer }): ReactElement {
  const ref = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const isStaffPage = pathname.startsWith("/staff/") && viewer.role === "AFFILIATE";
  const section = pathname.split("/")[1] ?? "";
  const first = useRef(true);

  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    ref.current?.focus({ preventScroll: true });
    ref.current?.scrollTo({ top: 0 });
  }, [section]);

  return (
    <main
      ref={ref}
      id="main"
      tabIndex={-1}
      data-scroll-restoration-id="main"
      className="scroll-thin flex min-h-0 min-w-0 flex-1 flex-col overflow-x-hidden overflow-y-auto outline-none print:block print:overflow-visible"
    >
      {isStaffPage ? (
        <Suspense>
          <StaffOnly looking={viewer.looking} page={pathname} />
        </Suspense>
      ) : (
        <Outlet />
      )}
    </main>
  );
}

const railItem = cx(
  "flex h-8 items-center gap-2.5 rounded-md px-2 text-base text-muted no-underline hover:bg-sunken hover:text-ink",
  "max-lg:justify-center max-lg:px-0",
  "data-[status=active]:bg-accent-soft data-[status=active]:font-medium data-[status=active]:text-accent-strong",
);

function Rail({
  viewer,
  onSearch,
  onKeys,
}: {
  viewer: Viewer;
  onSearch: () => void;
  onKeys: () => void;
}): ReactElement {
  return (
    <nav
      aria-label="Pages"
      className="scroll-thin print:hidden flex w-14 shrink-0 flex-col gap-2 overflow-y-auto border-r bg-surface p-2 max-md:hidden lg:w-52"
    >
      <Link to="/" className="flex h-9 shrink-0 items-center gap-2 rounded-md px-1.5 text-ink no-underline">
        <img src="/favicon.svg" alt="" width={22} height={22} className="shrink-0" />
        <span className="font-semibold tracking-tight max-lg:sr-only">Postrider</span>
      </Link>
      <AriaButton
        onPress={onSearch}
        className="flex h-8 shrink-0 items-center gap-2 rounded-md border px-2 text-base text-muted hover:border-edge hover:text-ink max-lg:justify-center max-lg:border-transparent max-lg:px-0"
      >
        <Search aria-hidden className="size-4 shrink-0" />
        <span className="flex-1 text-left max-lg:sr-only">Search</span>
        <span aria-hidden className="max-lg:hidden">
          <KeyHint keys={`${modKey} K`} />
        </span>
      </AriaButton>
      <ul className="flex flex-1 flex-col gap-px">
        {pages.map(({ to, name, icon: Icon }) => (
          <li key={to} className={cx((to === "/deliveries" || to === "/developers") && "mt-3")}>
            <PageLink to={to} className={railItem} title={name}>
              <Icon aria-hidden className="size-4 shrink-0" />
              <span className="max-lg:sr-only">{name}</span>
            </PageLink>
          </li>
        ))}
        {viewer.role !== "AFFILIATE" && (
          <Suspense>
            <StaffRail item={railItem} />
          </Suspense>
        )}
      </ul>
      {viewer.role !== "AFFILIATE" && (
        <Suspense>
          <ViewAs />
        </Suspense>
      )}
      <Account viewer={viewer} onKeys={onKeys} />
    </nav>
  );
}

const loadMenu = () => import("./account-menu");
const AccountMenu = lazy(() => loadMenu().then((m) => ({ default: m.AccountMenu })));

/** Its menu is fetched when somebody goes for it. */
function Account({ viewer, onKeys }: { viewer: Viewer; onKeys: () => void }): ReactElement {
  const [isWanted, setWanted] = useState(false);
  const closed = (
    <AccountButton
      viewer={viewer}
      onHoverStart={() => void loadMenu()}
      onPress={() => {
        setWanted(true);
      }}
    />
  );
  return isWanted ? (
    <Suspense fallback={closed}>
      <AccountMenu viewer={viewer} onKeys={onKeys} />
    </Suspense>
  ) : (
    closed
  );
}

const thumb =
  "flex flex-1 flex-col items-center justify-center gap-0.5 text-xs text-muted no-underline data-[status=active]:font-medium data-[status=active]:text-accent-strong";

function BottomBar({ onMore }: { onMore: () => void }): ReactElement {
  return (
    <nav
      aria-label="Pages"
      className="flex h-14 shrink-0 border-t print:hidden bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {pages
        .filter((page) => thumbPages.includes(page.to))
        .toSorted((a, b) => thumbPages.indexOf(a.to) - thumbPages.indexOf(b.to))
        .map(({ to, name, icon: Icon }) => (
          <PageLink key={to} to={to} className={thumb}>
            <Icon aria-hidden className="size-5" />
            {name}
          </PageLink>
        ))}
      <AriaButton onPress={onMore} className={thumb}>
        <Ellipsis aria-hidden className="size-5" />
        More
      </AriaButton>
    </nav>
  );
}
