import { EditorView } from "@codemirror/view";
import { act, screen } from "@testing-library/react";

/** Writes the URL of a postback's form, in place of what is there. jsdom has no layout: keys and pointer are for the browser tests. */
export async function writeUrl(text: string): Promise<EditorView> {
  const view = EditorView.findFromDOM(await screen.findByRole("textbox", { name: "URL" }));
  if (!view) throw new Error("the URL field is no editor");
  act(() => {
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, userEvent: "input" });
  });
  return view;
}
