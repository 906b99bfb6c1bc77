import { useContext, useEffect, useRef, useState } from "react";

import { addForm, DialogForms, type Unsaved } from "./unsaved-forms";

// What a form needs. What every page needs to know of forms is apart from it, in unsaved-forms.ts: this comes with the first form.

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
