import { EditorSelection, EditorState, type Extension, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";

import { selectedSlot, slotsField } from "./chips";
import { difference, onOneLine } from "./difference";
import { type Slot, slotAt } from "./slots";

// The keys of the URL field. A chip is selected whole; then the arrows go from chip to chip, Enter opens its list, Delete empties
// it, typing replaces it, and Escape goes back to the text behind it. In the text, arrows go letter by letter and stop at macros.

export function selectSlot(view: EditorView, slot: Slot): void {
  view.dispatch({ selection: EditorSelection.range(slot.start, slot.end), scrollIntoView: true });
}

function nextOf(state: EditorState, step: 1 | -1): Slot | null {
  const slots = state.field(slotsField);
  const selected = selectedSlot(state);
  if (selected) return slots[slots.indexOf(selected) + step] ?? null;
  const { head } = state.selection.main;
  return step === 1
    ? (slots.find((slot) => slot.start >= head) ?? null)
    : (slots.findLast((slot) => slot.end <= head) ?? null);
}

/** From a selected chip to the next; from the text, onto a macro that begins right there. */
function arrow(view: EditorView, step: 1 | -1): boolean {
  const { state } = view;
  const next = nextOf(state, step);
  if (selectedSlot(state)) {
    if (next) selectSlot(view, next);
    return true;
  }
  const { head, empty } = state.selection.main;
  if (!empty || !next || next.kind === "literal") return false;
  if ((step === 1 ? next.start : next.end) !== head) return false;
  selectSlot(view, next);
  return true;
}

function jump(view: EditorView, step: 1 | -1): boolean {
  const next = nextOf(view.state, step);
  if (next) selectSlot(view, next);
  return true;
}

/** Deletes a macro whole when the cursor stands right behind it, or before it. */
function erase(view: EditorView, step: 1 | -1): boolean {
  const { head, empty } = view.state.selection.main;
  if (!empty) return false;
  const slot = view.state
    .field(slotsField)
    .find((s) => s.kind === "macro" && (step === -1 ? s.end : s.start) === head);
  if (!slot) return false;
  view.dispatch({ changes: { from: slot.start, to: slot.end }, userEvent: "delete" });
  return true;
}

/** `open` is called with the chip whose list is asked for. */
export function chipKeys(open: (slot: Slot, view: EditorView) => void): Extension {
  return [
    Prec.high(
      keymap.of([
        { key: "ArrowRight", run: (view) => arrow(view, 1) },
        { key: "ArrowLeft", run: (view) => arrow(view, -1) },
        { key: "Alt-ArrowRight", run: (view) => jump(view, 1) },
        { key: "Alt-ArrowLeft", run: (view) => jump(view, -1) },
        { key: "Backspace", run: (view) => erase(view, -1) },
        { key: "Delete", run: (view) => erase(view, 1) },
        {
          key: "Enter",
          run: (view) => {
            const { from, to } = view.state.selection.main;
            const slot = slotAt(view.state.field(slotsField), from, to);
            if (slot) {
              selectSlot(view, slot);
              open(slot, view);
            }
            return true;
          },
        },
        {
          key: "Escape",
          run: (view) => {
            const slot = selectedSlot(view.state);
            if (!slot || slot.start === slot.end) return false;
            view.dispatch({ selection: EditorSelection.cursor(slot.end) });
            return true;
          },
        },
      ]),
    ),
    EditorView.domEventHandlers({
      click: (event, view) => {
        if (event.button !== 0 || event.shiftKey || !view.state.selection.main.empty) return false;
        const chip = event.target instanceof Element ? event.target.closest(".cm-chip") : null;
        if (!chip) return false;
        const slot = slotAt(view.state.field(slotsField), view.posAtDOM(chip));
        if (!slot) return false;
        selectSlot(view, slot);
        open(slot, view);
        return true;
      },
    }),
  ];
}

/** One line that wraps: whatever brings line breaks, a paste or a drop, loses them, and the spaces around them. */
export const oneLine: Extension = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.newDoc.lines === 1) return transaction;
  const change = difference(transaction.startState.doc.toString(), onOneLine(transaction.newDoc.toString()));
  return {
    changes: change,
    selection: EditorSelection.cursor(change.from + change.insert.length),
    userEvent: "input.paste",
  };
});
