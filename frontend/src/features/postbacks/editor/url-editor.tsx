import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { Compartment, EditorSelection, EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { type ReactElement, useEffect, useRef } from "react";

import "./url-editor.css";

import {
  chips,
  type FindingMark,
  findings as findingsField,
  knownNames,
  setFindings,
  slotsField,
} from "./chips";
import { type MacroInfo, macroCompletion } from "./completion";
import { difference } from "./difference";
import { chipKeys, oneLine, selectSlot } from "./keys";
import { macroNames, type Slot } from "./slots";

/** Where a chip is on the page, for what opens beside it. */
export interface Place {
  left: number;
  top: number;
  height: number;
}

interface UrlEditorProps {
  value: string;
  onChange: (value: string) => void;
  /** All that are known: they are chips. */
  macros: readonly MacroInfo[];
  /** Those that `{` completes. */
  offered: readonly MacroInfo[];
  findings: readonly FindingMark[];
  /** The list of a chip is asked for. */
  onOpen: (slot: Slot, place: Place) => void;
  /** A whole URL was pasted in place of all that was there. */
  onPasteAll: (text: string) => void;
  label: string;
  describedBy?: string;
  isInvalid: boolean;
  /** Given the view as long as it lives. */
  onView: (view: EditorView | null) => void;
}

function placeOf(view: EditorView, slot: Slot): Place {
  const box = view.dom.getBoundingClientRect();
  const at = view.coordsAtPos(slot.start, 1) ?? { left: box.left, top: box.top, bottom: box.bottom };
  return { left: at.left - box.left, top: at.top - box.top, height: at.bottom - at.top };
}

/** Whether a pointer is held down on the field. */
function watchPointer(field: HTMLElement): { isDown: () => boolean; stop: () => void } {
  let isDown = false;
  const down = () => {
    isDown = true;
  };
  const up = () => {
    isDown = false;
  };
  field.addEventListener("pointerdown", down, true);
  document.addEventListener("pointerup", up, true);
  return {
    isDown: () => isDown,
    stop: () => {
      field.removeEventListener("pointerdown", down, true);
      document.removeEventListener("pointerup", up, true);
    },
  };
}

function pasteAndFocus(props: () => UrlEditorProps, pointerIsDown: () => boolean): Extension {
  return EditorView.domEventHandlers({
    paste: (e, at) => {
      const { from, to } = at.state.selection.main;
      const text = e.clipboardData?.getData("text/plain") ?? "";
      if (from === 0 && to === at.state.doc.length && text.trim() !== "") {
        props().onPasteAll(text);
      }
      return false;
    },
    // Who comes by the keyboard stands on the first chip; a pointer says itself where.
    focus: (_event, at) => {
      const [first] = at.state.field(slotsField);
      const untouched = at.state.selection.main.empty && at.state.selection.main.head === 0;
      if (first && untouched && !pointerIsDown()) selectSlot(at, first);
      return false;
    },
  });
}

/** What the field is made of and never changes: `props` gives what the latest render was given. */
function fixed(props: () => UrlEditorProps, pointerIsDown: () => boolean): Extension[] {
  return [
    history(),
    drawSelection(),
    EditorView.lineWrapping,
    oneLine,
    chips,
    findingsField,
    chipKeys((slot, at) => {
      props().onOpen(slot, placeOf(at, slot));
    }),
    macroCompletion(() => props().offered),
    keymap.of([...defaultKeymap.filter(({ key }) => key !== "Enter"), ...historyKeymap]),
    placeholder("https://your-tracker.example/postback?cid={param_1}&payout={payout}"),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) props().onChange(update.state.doc.toString());
    }),
    pasteAndFocus(props, pointerIsDown),
  ];
}

/** The template's text with its values as chips: one line that wraps. */
export function UrlEditor(props: UrlEditorProps): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const latest = useRef(props);
  const names = useRef(new Compartment());
  const attributes = useRef(new Compartment());
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const parent = host.current;
    if (!parent) return;
    const pointer = watchPointer(parent);
    const view = new EditorView({
      parent,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          ...fixed(
            () => latest.current,
            () => pointer.isDown(),
          ),
          names.current.of(knownNames.of(macroNames(latest.current.macros))),
          attributes.current.of([]),
        ],
      }),
    });
    editor.current = view;
    latest.current.onView(view);
    return () => {
      pointer.stop();
      latest.current.onView(null);
      editor.current = null;
      view.destroy();
    };
  }, []);

  useEffect(() => {
    const view = editor.current;
    if (!view) return;
    const text = view.state.doc.toString();
    if (text === props.value) return;
    const change = difference(text, props.value);
    view.dispatch({
      changes: change,
      selection: EditorSelection.cursor(change.from + change.insert.length),
      userEvent: "input",
    });
  }, [props.value]);

  useEffect(() => {
    editor.current?.dispatch({
      effects: names.current.reconfigure(knownNames.of(macroNames(props.macros))),
    });
  }, [props.macros]);

  const { label, describedBy, isInvalid } = props;
  useEffect(() => {
    editor.current?.dispatch({
      effects: attributes.current.reconfigure(
        EditorView.contentAttributes.of({
          "aria-label": label,
          "aria-multiline": "false",
          "aria-invalid": String(isInvalid),
          spellcheck: "false",
          autocapitalize: "off",
          ...(describedBy === undefined ? {} : { "aria-describedby": describedBy }),
        }),
      ),
    });
  }, [label, describedBy, isInvalid]);

  useEffect(() => {
    editor.current?.dispatch({ effects: setFindings.of(props.findings) });
  }, [props.findings]);

  return <div ref={host} className="url-editor min-w-0" data-invalid={isInvalid || undefined} />;
}
