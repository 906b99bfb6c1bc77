import { type ReactElement, useState } from "react";
import { useClient } from "urql";

import { TextField } from "@/components/ui/field";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { sentence } from "@/graphql/user-errors";

const PastedQuery = graphql(`
  query RecognizeTrackingLink($url: String!) {
    recognizeTrackingLink(url: $url) {
      link {
        id
        offer {
          id
          name
        }
        campaign {
          id
          name
        }
      }
      param1
      param2
      param3
      landingPage
      deepLink
      userErrors {
        message
      }
    }
  }
`);

export type Pasted = ResultOf<typeof PastedQuery>["recognizeTrackingLink"];

/** Takes a link apart that is in use already: one of ours fills the form; another's is refused with the reason. */
export function PasteLink({ onTaken }: { onTaken: (pasted: Pasted) => void }): ReactElement {
  const client = useClient();
  const [text, setText] = useState("");
  const [answer, setAnswer] = useState<{ of: string; pasted: Pasted | null; error: string | null } | null>(
    null,
  );
  const url = text.trim();

  const read = async (next: string) => {
    setText(next);
    const of = next.trim();
    if (of === "") return;
    const { data, error } = await client
      .query(PastedQuery, { url: of }, { requestPolicy: "network-only" })
      .toPromise();
    const pasted = data?.recognizeTrackingLink ?? null;
    setAnswer({ of, pasted, error: error ? explain(error) : null });
    if (pasted?.link) onTaken(pasted);
  };

  const current = answer?.of === url ? answer : null;
  const pasted = current?.pasted;
  const fault =
    current?.error ?? (pasted?.userErrors[0] ? sentence(pasted.userErrors[0].message) : undefined);
  return (
    <div className="flex flex-col gap-1">
      <TextField
        label="Paste an existing link"
        hint="Its campaign and params are filled in below."
        value={text}
        onChange={(next) => void read(next)}
        mono
        spellCheck="false"
        error={url === "" ? undefined : fault}
      />
      <p role="status" className="text-xs text-delivered empty:hidden">
        {pasted?.link &&
          (pasted.link.campaign === null
            ? `The default link of ${pasted.link.offer.name}.`
            : `The link of the campaign ${pasted.link.campaign.name}.`)}
      </p>
    </div>
  );
}
