import { ArrowRight, Check, SlidersHorizontal } from "lucide-react";
import type { ReactElement } from "react";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { plural } from "@/components/ui/format";
import { TemplateText, UrlText } from "@/components/ui/url-text";
import { graphql, type ResultOf } from "@/graphql/graphql";

export const RecognizeQuery = graphql(`
  query RecognizePostback($text: String!) {
    recognizePostback(text: $text) {
      tracker {
        key
        name
        token
        note
        docUrl
      }
      confidence
      reason
      network
      dialect
      source
      urlTemplate
      parameters {
        name
        value
        macro
        proposal
        confidence
        reason
        start
      }
    }
  }
`);

export type Recognition = ResultOf<typeof RecognizeQuery>["recognizePostback"];
type Parameter = Recognition["parameters"][number];

const tones = { SURE: "delivered", LIKELY: "accent", GUESS: "retrying", NONE: "queued" } as const;
const words = { SURE: "Sure", LIKELY: "Likely", GUESS: "A guess", NONE: "As pasted" } as const;

/** "Looks like Keitaro, 4 of 5 parameters mapped." */
export function inOneLine({ tracker, network, confidence, parameters }: Recognition): string {
  const mapped = parameters.filter((p) => p.macro !== null).length;
  const who = tracker
    ? `${confidence === "SURE" ? "This is" : "Looks like"} ${tracker.name}`
    : network !== null
      ? `A template of ${network}`
      : "No tracker that we know by its URL";
  return `${who}, ${String(mapped)} of ${plural(parameters.length, "parameter", "parameters")} mapped.`;
}

/** What was read out of the pasted text, to be accepted as it is or adjusted value by value. */
export function RecognitionCard({
  recognition,
  onAccept,
}: {
  recognition: Recognition;
  onAccept: (adjust: boolean) => void;
}): ReactElement {
  const { tracker, reason, urlTemplate, parameters } = recognition;
  if (urlTemplate === "") {
    return (
      <p className="text-retrying">
        There is no URL in this text. A postback URL begins with https:// and is found in your tracker under
        the traffic source or the affiliate network.
      </p>
    );
  }
  return (
    <section aria-label="What was recognised" className="flex flex-col gap-3 rounded-md border p-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 flex-1 basis-60 font-medium">
          {inOneLine(recognition)}
          {reason !== "" && <span className="block text-sm font-normal text-muted">{reason}</span>}
        </p>
        <span className="flex gap-2">
          <Button
            look="primary"
            icon={Check}
            onPress={() => {
              onAccept(false);
            }}
          >
            Accept
          </Button>
          <Button
            icon={SlidersHorizontal}
            onPress={() => {
              onAccept(true);
            }}
          >
            Adjust
          </Button>
        </span>
      </div>
      <p className="rounded-md bg-sunken px-3 py-2 leading-6">
        <TemplateText template={urlTemplate} />
      </p>
      {parameters.length > 0 && (
        <ul aria-label="Parameters" className="flex flex-col divide-y">
          {parameters.map((parameter) => (
            <Line key={parameter.start} parameter={parameter} />
          ))}
        </ul>
      )}
      {tracker?.note != null && <p className="text-sm text-muted">{tracker.note}</p>}
    </section>
  );
}

function Line({ parameter }: { parameter: Parameter }): ReactElement {
  const { name, value, proposal, confidence, reason } = parameter;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-3 py-1.5">
      <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
        <span className="font-mono text-sm font-medium">{name}</span>
        <span className="min-w-0 font-mono text-sm break-all text-muted">
          {value === "" ? "empty" : value}
        </span>
        {proposal !== value && (
          <>
            <ArrowRight role="img" aria-label="becomes" className="size-3 shrink-0 text-faint" />
            {proposal.includes("{") ? (
              <TemplateText template={proposal} />
            ) : (
              <UrlText url={proposal === "" ? "empty" : proposal} />
            )}
          </>
        )}
      </span>
      <Badge tone={tones[confidence]}>{words[confidence]}</Badge>
      <span className="col-span-2 text-sm text-muted">{reason}</span>
    </li>
  );
}
