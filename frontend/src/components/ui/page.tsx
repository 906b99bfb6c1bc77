import { type ReactElement, type ReactNode, useEffect } from "react";

import { cx } from "./cx";

/** Names the page in the browser's tab and history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Postrider`;
  }, [title]);
}

/** A page's head: what it is, and what can be done. */
export function PageHead({
  title,
  children,
  aside,
  isAsideWide = false,
}: {
  title: string;
  /** One line on what the page is for. */
  children?: ReactNode;
  /** Buttons. */
  aside?: ReactNode;
  /** There is no room for them beside the title on a phone, whatever they say. */
  isAsideWide?: boolean;
}): ReactElement {
  useTitle(title);
  return (
    <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-0.5 px-4 pt-4 pb-3">
      <h1 className="min-w-0 text-xl leading-8 font-semibold tracking-tight break-words">{title}</h1>
      {aside && (
        <div className={cx("flex flex-wrap items-center gap-2", isAsideWide && "max-sm:basis-full")}>
          {aside}
        </div>
      )}
      {children && <div className="basis-full text-muted">{children}</div>}
    </header>
  );
}

/** A titled part of a page, on its own surface. */
export function Panel({
  title,
  aside,
  children,
  flush,
  className,
  level = 2,
}: {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  /** For what brings its own margins, such as a table. */
  flush?: boolean;
  className?: string;
  level?: 2 | 3;
}): ReactElement {
  const Title = level === 2 ? "h2" : "h3";
  return (
    <section className={cx("min-w-0 rounded-md border bg-surface", className)}>
      {title !== undefined && (
        <div className="flex min-h-10 flex-wrap items-center justify-between gap-2 border-b px-4 py-1.5">
          <Title className="text-base font-semibold">{title}</Title>
          {aside}
        </div>
      )}
      <div className={flush === true ? "" : "p-4"}>{children}</div>
    </section>
  );
}

/** What stands below something that is on its way is shown when that is there: it would jump. */
export const fromTheTop = "[&>:has([data-loading])~*]:hidden";

/** The width and margins of every page that is not a list: a page brings columns, never a width of its own. */
export function PageBody({ children, className }: { children: ReactNode; className?: string }): ReactElement {
  return <div className={cx("flex w-full max-w-7xl flex-col gap-4 px-4 pb-10", className)}>{children}</div>;
}
