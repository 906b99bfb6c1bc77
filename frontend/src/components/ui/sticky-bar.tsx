import { type ReactElement, type ReactNode, useEffect, useRef } from "react";

/** What stays at the lower edge of a long form: its button, and what keeps it from being saved. Toasts stand above it. */
export function StickyBar({ children }: { children: ReactNode }): ReactElement {
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = bar.current;
    if (!element) return;
    const root = document.documentElement;
    const observer = new ResizeObserver(() => {
      root.style.setProperty("--sticky-bar", `${String(element.offsetHeight)}px`);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      root.style.removeProperty("--sticky-bar");
    };
  }, []);
  return (
    <div
      ref={bar}
      className="sticky bottom-0 z-10 -mx-4 -mb-10 flex flex-wrap items-center justify-end gap-x-4 gap-y-2 border-t bg-surface px-4 py-2.5"
    >
      {children}
    </div>
  );
}
