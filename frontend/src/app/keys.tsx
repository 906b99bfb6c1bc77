import type { ReactElement } from "react";

import { Dialog } from "@/components/ui/dialog";
import { modKey } from "@/components/ui/hotkeys";
import { KeyHint } from "@/components/ui/key-hint";

const keys: readonly (readonly [keys: string, does: string])[] = [
  [`${modKey} K`, "Go to a page, a campaign, a postback or an id"],
  ["?", "This list"],
  ["/", "Search or filter what the page lists"],
  ["↑ ↓", "From row to row in a list"],
  ["Enter", "Open the row"],
  ["Esc", "Close what is open"],
  ["P", "Deliveries: pause and go on"],
  ["N", "Deliveries: show the new ones"],
  ["R", "Delivery: replay it"],
  ["⇧ Click", "Deliveries: select up to here"],
  ["← →", "A postback's URL: from value to value"],
  ["Enter", "A postback's URL: what is sent in the value"],
  ["Del", "A postback's URL: empty the value"],
  ["{", "A postback's URL: complete a macro"],
];

export function Keys({ onClose }: { onClose: () => void }): ReactElement {
  return (
    <Dialog title="Keyboard" isOpen onClose={onClose}>
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
