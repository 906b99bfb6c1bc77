import { createContext, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";

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
function addForm(form: Unsaved): () => void {
  all.add(form);
  tell();
  return () => {
    all.delete(form);
    tell();
  };
}

/** The forms of the dialog that one is in: closing it asks too. */
export const DialogForms = createContext<Set<Unsaved> | null>(null);

/**
 * While `isDirty`, leaving the page or closing the dialog asks first. Gives back what to call when the content is saved and the
 * page moves on at once.
 */
export function useUnsaved(isDirty: boolean, onDiscard?: () => void): () => void {
  const dialog = useContext(DialogForms);
  const form = useRef<Unsaved>({ isDirty: false, onDiscard: undefined });
  useEffect(() => {
    const own = form.current;
    const remove = addForm(own);
    dialog?.add(own);
    return () => {
      remove();
      dialog?.delete(own);
    };
  }, [dialog]);
  useEffect(() => {
    form.current.onDiscard = onDiscard;
  }, [onDiscard]);
  useEffect(() => {
    form.current.isDirty = isDirty;
  }, [isDirty]);
  return () => {
    form.current.isDirty = false;
  };
}

/** `useUnsaved` of a form that begins with these values: it is dirty while they differ. */
export function useUnsavedValues(values: unknown): () => void {
  const now = JSON.stringify(values);
  const [saved, setSaved] = useState(now);
  const release = useUnsaved(now !== saved);
  return () => {
    setSaved(now);
    release();
  };
}
