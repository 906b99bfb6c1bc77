import { type ReactElement, useState } from "react";

import { CodeBlock } from "./code-block";
import { Segmented } from "./segmented";

export interface Snippet {
  language: string;
  code: string;
  /** What starts it, once it is saved as a file. */
  command: string;
}

const names: Record<string, string> = {
  CURL: "curl",
  PHP: "PHP",
  PYTHON: "Python",
  GO: "Go",
  NODEJS: "Node.js",
};

/** The same program in several languages, to be copied. */
export function Snippets({ snippets, what }: { snippets: readonly Snippet[]; what: string }): ReactElement {
  const [chosen, setChosen] = useState("CURL");
  const shown = snippets.find(({ language }) => language === chosen) ?? snippets[0];
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <Segmented
        label={`Language of ${what}`}
        hideLabel
        value={shown?.language ?? ""}
        onChange={setChosen}
        choices={snippets.map(({ language }) => ({ id: language, label: names[language] ?? language }))}
      />
      {shown && (
        <>
          <CodeBlock code={shown.code} what={`${what} in ${names[shown.language] ?? shown.language}`} />
          <p className="text-muted">
            Run it with{" "}
            <span translate="no" className="font-mono text-sm break-all text-ink">
              {shown.command}
            </span>
          </p>
        </>
      )}
    </div>
  );
}
