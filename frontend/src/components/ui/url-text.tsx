import type { ReactElement } from "react";

import { cx } from "./cx";
import { hue } from "./hues";
import { cut, type Mark } from "./spans";

/** What a part of a URL stands for. */
export interface UrlPart {
  /** The macro: its kind has a colour. */
  name: string;
  /** Shown on hover. */
  hint: string;
  /** The place of a mistake. */
  wrong?: boolean;
}

/** A URL in the monospace face: its host muted, the parts that a macro filled as chips. */
export function UrlText({
  url,
  parts,
  className,
}: {
  url: string;
  parts?: readonly Mark<UrlPart>[];
  className?: string;
}): ReactElement {
  const host = /^[a-z]+:\/\/[^/?#{]*/i.exec(url)?.[0].length ?? 0;
  return (
    <span translate="no" className={cx("font-mono text-sm break-all", className)}>
      {cut(url, parts ?? []).map((piece) =>
        piece.mark === null ? (
          <Plain key={piece.start} text={piece.text} muted={Math.max(0, host - piece.start)} />
        ) : (
          <span
            key={piece.start}
            title={piece.mark.hint}
            className={cx(
              "rounded-sm box-decoration-clone px-0.5 py-px",
              piece.mark.wrong === true
                ? "bg-failed-soft text-failed underline decoration-wavy underline-offset-3"
                : hue(piece.mark.name),
            )}
          >
            {piece.text}
          </span>
        ),
      )}
    </span>
  );
}

function Plain({ text, muted }: { text: string; muted: number }): ReactElement {
  if (muted === 0) return <>{text}</>;
  return (
    <>
      <span className="text-faint">{text.slice(0, muted)}</span>
      {text.slice(muted)}
    </>
  );
}

const braces = /\{[^{}]*\}/g;

/** A template as it is stored: whatever stands in braces is a chip. The server alone knows what it means. */
export function TemplateText({
  template,
  className,
}: {
  template: string;
  className?: string;
}): ReactElement {
  const parts = [...template.matchAll(braces)].map((m) => ({
    start: m.index,
    end: m.index + m[0].length,
    value: { name: m[0].slice(1, -1).split("|")[0]?.trim() ?? "", hint: m[0] },
  }));
  return <UrlText url={template} parts={parts} {...(className === undefined ? {} : { className })} />;
}
