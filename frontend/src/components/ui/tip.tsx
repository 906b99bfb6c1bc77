import type { ReactElement } from "react";
import { Tooltip, TooltipTrigger } from "react-aria-components";

/** A few words on hover and on focus, for a control whose picture does not say enough. */
export function Tip({ text, children }: { text: string; children: ReactElement }): ReactElement {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      {children}
      <Tooltip
        offset={6}
        className="z-50 max-w-72 rounded-sm bg-ink px-2 py-1 text-xs text-canvas shadow-overlay"
      >
        {text}
      </Tooltip>
    </TooltipTrigger>
  );
}
