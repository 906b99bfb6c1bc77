import { useSyncExternalStore } from "react";

// Whether the server has said that it does not know who is asking. The page stays as it is meanwhile; the app lays
// the sign-in over it (src/app/lost-session.tsx).

let lost = false;
const listeners = new Set<() => void>();

export function setSessionLost(next: boolean): void {
  if (lost === next) return;
  lost = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function useSessionLost(): boolean {
  return useSyncExternalStore(subscribe, () => lost);
}
