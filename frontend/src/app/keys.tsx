import type { ReactElement } from "react";

import { Dialog } from "@/components/ui/dialog";
import { modKey } from "@/components/ui/hotkeys";
import { KeyHint } from "@/components/ui/key-hint";

const keys: readonly (readonly [keys: string, does: string])[] = [
  [`${modKey} K`, "Search pages, names and ids"],
  ["?", "Keyboard shortcuts"],
  ["/", "Go to the page's search field"],
  ["↑ ↓", "Previous or next row"],
  ["Enter", "Open the row"],
  ["Esc", "Close the panel or dialog"],
  ["P", "Deliveries: pause or resume"],
  ["N", "Deliveries: show new ones"],
  ["R", "Delivery: replay"],
  ["⇧ Click", "Deliveries: select a range"],
  ["← →", "Postback URL: previous or next value"],
  ["Enter", "Postback URL: choose what is sent"],
  ["Del", "Postback URL: clear the value"],
  ["{", "Postback URL: insert a macro"],
];

export function Keys({ onClose }: { onClose: () => void }): ReactElement {
  return (
    <Dialog title="Keyboard shortcuts" isOpen onClose={onClose}>
      <dl className="grid grid-cols-[5rem_1fr] items-center gap-y-2">
        {keys.map(([key, does]) => (
          <div key={does} className="contents">
            <dt>
              <KeyHint keys={key} />
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
