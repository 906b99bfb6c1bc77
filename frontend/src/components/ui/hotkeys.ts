import { useEffect, useRef } from "react";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input, textarea, select, [role=textbox]") !== null)
  );
}

/**
 * Runs `action` when `key` is pressed outside fields and dialogs. `key` is what KeyboardEvent.key says, with `mod+` before it for
 * Ctrl or ⌘; those work in fields too.
 */
export function useHotkey(key: string, action: () => void): void {
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });

  useEffect(() => {
    const withMod = key.startsWith("mod+");
    const wanted = withMod ? key.slice(4) : key;
    const onKeyDown = (e: KeyboardEvent) => {
      if (e.key.toLowerCase() !== wanted.toLowerCase() || e.defaultPrevented || e.altKey) return;
      if (withMod !== (e.metaKey || e.ctrlKey)) return;
      if (!withMod && (isTyping(e.target) || document.querySelector("[role=dialog]") !== null)) return;
      e.preventDefault();
      latest.current();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
    };
  }, [key]);
}

/** "⌘" on a Mac, "Ctrl" elsewhere. */
export const modKey = typeof navigator !== "undefined" && /Mac|iP/.test(navigator.userAgent) ? "⌘" : "Ctrl";
