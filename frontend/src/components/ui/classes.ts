import { cx } from "./cx";

// The classes that several controls share. They stand apart from the controls, so that a page that uses one does not load all.

export const inputClass = cx(
  "w-full min-w-0 rounded-md border border-edge bg-surface px-2.5 text-base text-ink placeholder:text-faint",
  "h-8 pointer-coarse:h-10 pointer-coarse:text-lg",
  "data-[disabled]:bg-sunken data-[disabled]:text-muted data-[invalid]:border-failed",
);

export const labelClass = "text-sm font-medium text-ink";

export const popoverClass =
  "min-w-(--trigger-width) max-w-[min(28rem,calc(100vw-1rem))] overflow-auto rounded-md bg-surface p-1 shadow-overlay outline-none scroll-thin";

export const itemClass = cx(
  "flex cursor-default items-center gap-2 rounded-sm px-2 py-1 text-base text-ink outline-none select-none pointer-coarse:py-2",
  "data-[focused]:bg-sunken data-[hovered]:bg-sunken data-[disabled]:text-faint",
);
