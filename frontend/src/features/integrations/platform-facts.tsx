import type { ReactElement } from "react";

import { Fact, Facts } from "@/components/ui/facts";

import { confidenceOf, genericPlatform, type Platform } from "./platforms";

/** What is known of a template: from which page, how our click id gets there, and what to look out for. */
export function PlatformFacts({ platform }: { platform: Platform }): ReactElement {
  return (
    <div className="flex flex-col gap-2">
      {platform.key !== genericPlatform && (
        <Facts>
          <Fact name="Macros">{confidenceOf(platform)}</Fact>
          <Fact name="Source">
            {platform.source === null ? (
              "None found"
            ) : (
              <a href={platform.source} target="_blank" rel="noreferrer" className="link break-all">
                {new URL(platform.source).host}
              </a>
            )}{" "}
            <span className="text-muted">checked {platform.checked}</span>
          </Fact>
          <Fact name="Click id">
            {platform.clickParameter === null ? (
              "Its parameter is not documented: ask the operator"
            ) : (
              <>
                The offer’s destination passes it as{" "}
                <code translate="no" className="break-all">
                  {platform.clickParameter}={"{click_id}"}
                </code>
              </>
            )}
          </Fact>
        </Facts>
      )}
      {platform.notes.length > 0 && (
        <ul className="list-disc pl-5 text-sm text-muted">
          {platform.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
