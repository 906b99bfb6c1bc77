import { Search } from "lucide-react";
import { type KeyboardEvent, type ReactElement, useEffect, useId, useRef, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";

import { cx } from "@/components/ui/cx";

import { type Target, useTargets } from "./palette-targets";

/** Goes anywhere: to whatever has a name, and to whatever has the id that is pasted. */
export function Palette({ onClose }: { onClose: () => void }): ReactElement {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { targets, isSearching } = useTargets(text.trim());
  const list = useId();
  const chosen = Math.min(at, Math.max(targets.length - 1, 0));
  const go = (target: Target | undefined) => {
    if (!target) return;
    onClose();
    void target.go();
  };

  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === "ArrowDown") setAt((chosen + 1) % Math.max(targets.length, 1));
    else if (e.key === "ArrowUp") setAt((chosen - 1 + targets.length) % Math.max(targets.length, 1));
    else if (e.key === "Enter") go(targets[chosen]);
    else return;
    e.preventDefault();
  };

  return (
    <ModalOverlay
      isOpen
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable
      className="fixed inset-0 z-40 flex items-start justify-center bg-scrim p-3 pt-[12vh]"
    >
      <Modal className="w-full max-w-xl overflow-hidden rounded-md bg-surface shadow-overlay motion-safe:animate-[rise_120ms_ease-out]">
        <Dialog aria-label="Search" className="outline-none">
          <div className="flex items-center gap-2 border-b px-3">
            <Search aria-hidden className="size-4 shrink-0 text-muted" />
            <input
              autoFocus
              role="combobox"
              aria-label="Search pages, names and ids"
              aria-expanded
              aria-controls={list}
              aria-activedescendant={targets[chosen] ? `${list}-${String(chosen)}` : undefined}
              aria-autocomplete="list"
              placeholder="Page, name or id…"
              value={text}
              onChange={(e) => {
                setText(e.target.value);
                setAt(0);
              }}
              onKeyDown={onKeyDown}
              className="h-11 w-full min-w-0 bg-transparent text-base outline-none placeholder:text-faint focus-visible:outline-none pointer-coarse:text-lg"
            />
          </div>
          <div
            id={list}
            role="listbox"
            aria-label="Results"
            className="scroll-thin max-h-80 overflow-y-auto p-1"
          >
            {targets.map((target, i) => (
              <Option
                key={`${target.kind} ${target.key}`}
                id={`${list}-${String(i)}`}
                target={target}
                isChosen={i === chosen}
                onGo={() => {
                  go(target);
                }}
                onPoint={() => {
                  setAt(i);
                }}
              />
            ))}
          </div>
          <p role="status" className={cx("px-3 pb-3 text-muted", targets.length > 0 && "sr-only")}>
            {targets.length > 0
              ? `${String(targets.length)} found`
              : isSearching
                ? "Searching…"
                : "No results."}
          </p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function Option({
  id,
  target,
  isChosen,
  onGo,
  onPoint,
}: {
  id: string;
  target: Target;
  isChosen: boolean;
  onGo: () => void;
  onPoint: () => void;
}): ReactElement {
  const option = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isChosen) option.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  const Icon = target.icon;
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the field keeps the focus and moves the choice
    <div
      id={id}
      ref={option}
      role="option"
      aria-selected={isChosen}
      onClick={onGo}
      onMouseMove={onPoint}
      className={cx("flex min-h-9 items-center gap-2.5 rounded-sm px-2", isChosen && "bg-accent-soft")}
    >
      <Icon aria-hidden className="size-4 shrink-0 text-muted" />
      <span className="min-w-0 truncate">{target.name}</span>
      {target.hint !== undefined && <span className="min-w-0 truncate text-muted">{target.hint}</span>}
      <span className="ml-auto shrink-0 text-xs text-muted">{target.kind}</span>
    </div>
  );
}
