import { createContext, useSyncExternalStore } from "react";

/** A form whose content may be lost. */
export interface Unsaved {
  isDirty: boolean;
  /** Forgets what was kept of it, where it is left on purpose. */
  onDiscard: (() => void) | undefined;
}

const all = new Set<Unsaved>();
const listeners = new Set<() => void>();

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Whether a form on the page has content that is not saved. */
export function hasUnsaved(forms: Iterable<Unsaved> = all): boolean {
  return [...forms].some(({ isDirty }) => isDirty);
}

/** Forgets the content of all forms: it was said that it may be lost. */
export function discardUnsaved(forms: Iterable<Unsaved> = all): void {
  for (const form of forms) {
    if (form.isDirty) form.onDiscard?.();
    form.isDirty = false;
  }
}

/** Whether the page has a form that content can be lost of. */
export function useHasForms(): boolean {
  return useSyncExternalStore(subscribe, () => all.size > 0);
}

/** Counts a form in for as long as it is on the page. */
export function addForm(form: Unsaved): () => void {
  all.add(form);
  tell();
  return () => {
    all.delete(form);
    tell();
  };
}

/** The forms of the dialog that one is in: closing it asks too. */
export const DialogForms = createContext<Set<Unsaved> | null>(null);
