import type { ReactElement } from "react";

import { cx } from "@/components/ui/cx";
import { TemplateText } from "@/components/ui/url-text";

import { diff } from "./text-diff";

/** A URL and what was changed in it; as it is where nothing was. */
export function TemplateDiff({ from, to }: { from: string | undefined; to: string }): ReactElement {
  if (from === undefined || from === to) return <TemplateText template={to} />;
  return (
    <p translate="no" className="font-mono text-sm break-all">
      {diff(from, to).map(({ kind, text }, i) => {
        const Piece = kind === "added" ? "ins" : kind === "removed" ? "del" : "span";
        return (
          <Piece
            key={i}
            className={cx(
              kind === "added" && "rounded-sm bg-delivered-soft text-delivered no-underline",
              kind === "removed" && "rounded-sm bg-failed-soft text-failed",
            )}
          >
            {text}
          </Piece>
        );
      })}
    </p>
  );
}
