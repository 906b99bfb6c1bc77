import {
  type EditorState,
  Facet,
  RangeSetBuilder,
  type Range,
  StateEffect,
  StateField,
} from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";

import { hue } from "@/components/ui/hues";

import { hostEnd, type MacroNames, type Slot, slotsOf } from "./slots";

// The template as chips: painted from the text with each change, in the same frame. What the server found wrong is laid over it
// and moves with the text until its next answer.

/** The macros that there are, as the server names them. */
export const knownNames = Facet.define<MacroNames, MacroNames>({
  combine: (values) => values[0] ?? new Map<string, string>(),
});

export interface FindingMark {
  start: number;
  end: number;
  severity: "ERROR" | "WARNING" | "HINT";
  message: string;
}

export const setFindings = StateEffect.define<readonly FindingMark[]>();

export const slotsField = StateField.define<readonly Slot[]>({
  create: (state) => slotsOf(state.doc.toString(), state.facet(knownNames)),
  update: (slots, transaction) =>
    transaction.docChanged || transaction.startState.facet(knownNames) !== transaction.state.facet(knownNames)
      ? slotsOf(transaction.state.doc.toString(), transaction.state.facet(knownNames))
      : slots,
});

/** The chip that is selected whole, which the keys then act on. */
export function selectedSlot(state: EditorState): Slot | null {
  const { from, to } = state.selection.main;
  return state.field(slotsField).find((slot) => slot.start === from && slot.end === to) ?? null;
}

class EmptyChip extends WidgetType {
  constructor(
    readonly at: number,
    readonly isSelected: boolean,
  ) {
    super();
  }

  override eq(other: EmptyChip): boolean {
    return other.at === this.at && other.isSelected === this.isSelected;
  }

  override toDOM(): HTMLElement {
    const chip = document.createElement("span");
    chip.className = `cm-chip cm-chip-empty${this.isSelected ? " cm-chip-on" : ""}`;
    chip.textContent = "empty";
    chip.ariaHidden = "true";
    return chip;
  }

  override ignoreEvent(): boolean {
    return false;
  }
}

const words: Record<Slot["kind"], string> = {
  macro: "Filled in for every conversion",
  literal: "Sent as it is",
  foreign: "Not a Postrider macro: it would be sent as it is",
  empty: "Sent without a value",
};

function chipsOf(state: EditorState): DecorationSet {
  const slots = state.field(slotsField);
  const selected = selectedSlot(state);
  const ranges: Range<Decoration>[] = [];
  const host = hostEnd(state.doc.toString());
  if (host > 0) ranges.push(Decoration.mark({ class: "cm-host" }).range(0, host));
  for (const slot of slots) {
    if (slot.kind === "empty") {
      const widget = new EmptyChip(slot.start, slot === selected);
      ranges.push(Decoration.widget({ widget, side: 1 }).range(slot.start));
      continue;
    }
    const colour = slot.kind === "macro" ? ` ${hue(slot.macro)}` : "";
    const on = slot === selected ? " cm-chip-on" : "";
    ranges.push(
      Decoration.mark({
        class: `cm-chip cm-chip-${slot.kind}${colour}${on}`,
        attributes: { title: words[slot.kind] },
      }).range(slot.start, slot.end),
    );
  }
  return Decoration.set(ranges, true);
}

export const chips = [
  slotsField,
  EditorView.decorations.compute([slotsField, "selection"], chipsOf),
  // A macro is one thing to the cursor: it is passed over whole, and its letters are not taken apart.
  EditorView.atomicRanges.of((view) => {
    const builder = new RangeSetBuilder<Decoration>();
    for (const slot of view.state.field(slotsField)) {
      if (slot.kind === "macro") builder.add(slot.start, slot.end, Decoration.mark({}));
    }
    return builder.finish();
  }),
];

export const findings = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setFindings)) next = marksOf(effect.value, transaction.state.doc.length);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function marksOf(list: readonly FindingMark[], length: number): DecorationSet {
  return Decoration.set(
    list
      .filter(({ start, end }) => start < end && end <= length)
      .map(({ start, end, severity, message }) =>
        Decoration.mark({
          class: `cm-finding cm-finding-${severity.toLowerCase()}`,
          attributes: { title: message },
        }).range(start, end),
      ),
    true,
  );
}
