import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import {
  Fragment,
  type ReactElement,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { flushSync } from "react-dom";

import { useKept } from "@/history/entry";
import type { RowPlace } from "./table";

/** A row on a desk, with its line. Rows of a phone are measured. */
const usual = 41;

/** The heights of rows go with the page, not with who looks at it. */
const owner = {};

interface ManyRowsProps {
  name: string;
  ids: readonly string[];
  draw: (at: number, place?: RowPlace) => ReactNode;
  /** Told once how wide each column is, for as long as it is asked for. */
  onWidths: ((widths: readonly string[]) => void) | undefined;
}

/** The rows of a long table that are in sight, and space for the others. On paper, and where nothing scrolls, all of them. */
export function ManyRows({ name, ids, draw, onWidths }: ManyRowsProps): ReactElement {
  const top = useRef<HTMLTableRowElement>(null);
  const [scroller, setScroller] = useState<HTMLElement | null>();
  const [margin, setMargin] = useState(0);
  const [focused, setFocused] = useState<string | null>(null);
  const isPrinted = useIsPrinted();
  // Who comes back finds every row as high as it was, and so the same place.
  const heights = useKept(owner, name, () => new Map<string, number>());
  const virtual = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller ?? null,
    estimateSize: (at) => heights.get(ids[at] ?? "") ?? usual,
    getItemKey: (at) => ids[at] ?? at,
    measureElement: (row) => {
      const height = row.getBoundingClientRect().height;
      heights.set(ids[Number(row.getAttribute("data-index"))] ?? "", height);
      return height;
    },
    // The row that has the focus stays, or Tab would begin anew.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      const at = focused === null ? -1 : ids.indexOf(focused);
      return at === -1 || shown.includes(at) ? shown : [...shown, at].sort((a, b) => a - b);
    },
    scrollMargin: margin,
    overscan: 15,
  });
  useLayoutEffect(() => {
    const found = scrollerOf(top.current);
    setScroller(found);
    setMargin(found && top.current ? distance(found, top.current) : 0);
  }, [ids.length]);
  useEffect(() => {
    const body = top.current?.parentElement;
    const onFocus = (e: Event) => {
      const row = e.target instanceof Element ? e.target.closest("tr")?.getAttribute("data-index") : null;
      setFocused(e.type === "focusin" && row != null ? (ids[Number(row)] ?? null) : null);
    };
    body?.addEventListener("focusin", onFocus);
    body?.addEventListener("focusout", onFocus);
    return () => {
      body?.removeEventListener("focusin", onFocus);
      body?.removeEventListener("focusout", onFocus);
    };
  }, [ids]);

  const items = virtual.getVirtualItems();
  const hasRows = items.length > 0;
  useLayoutEffect(() => {
    const head = top.current?.closest("table")?.tHead?.rows[0];
    if (!hasRows || !head || !onWidths || !matchMedia("(min-width: 48rem)").matches) return;
    const all = head.offsetWidth;
    onWidths(Array.from(head.cells, (cell) => `${String((cell.offsetWidth / all) * 100)}%`));
  }, [hasRows, onWidths]);

  if (scroller === null || isPrinted) {
    return (
      <>
        <Space ref={top} height={0} />
        {ids.map((_, at) => draw(at))}
      </>
    );
  }
  const end = margin + virtual.getTotalSize();
  return (
    <>
      <Space ref={top} height={0} />
      {items.map((item, i) => (
        <Fragment key={item.key}>
          <Space height={item.start - (items[i - 1]?.end ?? margin)} />
          {draw(item.index, { index: item.index, ref: virtual.measureElement })}
        </Fragment>
      ))}
      <Space height={end - (items.at(-1)?.end ?? margin)} />
    </>
  );
}

function Space({
  height,
  ref,
}: {
  height: number;
  ref?: React.RefObject<HTMLTableRowElement | null>;
}): ReactElement | null {
  if (height <= 0 && !ref) return null;
  return <tr aria-hidden ref={ref} className="max-md:block" style={{ height }} />;
}

/** What scrolls the element; null where nothing does. */
function scrollerOf(element: HTMLElement | null): HTMLElement | null {
  for (let at = element?.parentElement ?? null; at; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return null;
}

/** From the top of what scrolls to the element. */
function distance(scroller: HTMLElement, element: HTMLElement): number {
  return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
}

function useIsPrinted(): boolean {
  const [isPrinted, setPrinted] = useState(false);
  useEffect(() => {
    const on = (e: Event) => {
      // The browser takes the page as it is when this returns.
      flushSync(() => {
        setPrinted(e.type === "beforeprint");
      });
    };
    addEventListener("beforeprint", on);
    addEventListener("afterprint", on);
    return () => {
      removeEventListener("beforeprint", on);
      removeEventListener("afterprint", on);
    };
  }, []);
  return isPrinted;
}
