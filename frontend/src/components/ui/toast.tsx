import { CircleAlert, CircleCheck, X } from "lucide-react";
import { type ReactElement, useSyncExternalStore } from "react";

import { Button, IconButton } from "./button";
import { cx } from "./cx";

type Tone = "done" | "failed";

interface Action {
  label: string;
  onPress: () => void;
}

interface Message {
  id: number;
  text: string;
  tone: Tone;
  action: Action | undefined;
}

let messages: readonly Message[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(next: readonly Message[]): void {
  messages = next;
  for (const listener of listeners) listener();
}

function dismiss(id: number): void {
  set(messages.filter((message) => message.id !== id));
}

/** Says what happened, in a sentence without a full stop. The function that it gives back takes it away, with its action. */
export function toast(text: string, tone: Tone = "done", action?: Action): () => void {
  last += 1;
  const id = last;
  set([...messages.slice(-2), { id, text, tone, action }]);
  const away = () => {
    dismiss(id);
  };
  setTimeout(away, tone === "failed" || action ? 10_000 : 4_000);
  return away;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function ToastRegion(): ReactElement {
  const shown = useSyncExternalStore(subscribe, () => messages);
  return (
    <section
      aria-label="Notifications"
      className="pointer-events-none fixed inset-x-3 bottom-[calc(4rem+var(--sticky-bar,0px))] z-50 flex flex-col items-center gap-2 md:right-4 md:bottom-[calc(1rem+var(--sticky-bar,0px))] md:left-auto md:items-end"
    >
      <div role="status" aria-live="polite" className="contents">
        {shown.map(({ id, text, tone, action }) => {
          const Icon = tone === "failed" ? CircleAlert : CircleCheck;
          return (
            <div
              key={id}
              className="pointer-events-auto flex max-w-md items-start gap-2 rounded-md bg-surface py-2 pr-2 pl-3 shadow-overlay motion-safe:animate-[rise_120ms_ease-out]"
            >
              <Icon
                aria-hidden
                className={cx("mt-0.5 size-4 shrink-0", tone === "failed" ? "text-failed" : "text-delivered")}
              />
              <span className="min-w-0 break-words">{text}</span>
              {action && (
                <Button
                  size="sm"
                  writes
                  className="-my-0.5 shrink-0"
                  onPress={() => {
                    dismiss(id);
                    action.onPress();
                  }}
                >
                  {action.label}
                </Button>
              )}
              <IconButton
                label="Dismiss"
                icon={X}
                size="sm"
                className="-my-0.5"
                onPress={() => {
                  dismiss(id);
                }}
              />
            </div>
          );
        })}
      </div>
    </section>
  );
}
