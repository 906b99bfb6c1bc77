import { autocompletion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

import { groupName } from "./macros";

export interface MacroInfo {
  name: string;
  aliases: readonly string[];
  group: string;
  meaning: string;
  example: string;
}

/** Typing `{` offers the macros; choosing one writes it whole, with its brace. */
export function macroCompletion(macros: () => readonly MacroInfo[]): Extension {
  const source = (context: CompletionContext): CompletionResult | null => {
    const before = context.matchBefore(/\{\w*$/);
    if (!before) return null;
    return {
      from: before.from,
      filter: true,
      validFor: /^\{\w*$/,
      options: macros().map((macro) => ({
        label: `{${macro.name}}`,
        detail: macro.example,
        info: macro.meaning,
        section: groupName(macro.group),
        apply: (view: EditorView, _completion: unknown, from: number, to: number) => {
          const text = `{${macro.name}}`;
          const end = view.state.sliceDoc(to, to + 1) === "}" ? to + 1 : to;
          view.dispatch({
            changes: { from, to: end, insert: text },
            selection: { anchor: from + text.length },
            userEvent: "input.complete",
          });
        },
      })),
    };
  };
  return autocompletion({ override: [source], icons: false, activateOnTyping: true });
}
