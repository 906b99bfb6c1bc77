import { Link } from "@tanstack/react-router";
import { ArrowRight, Check, CircleAlert, SlidersHorizontal } from "lucide-react";
import type { ReactElement } from "react";

import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { plural } from "@/components/ui/format";
import { Note } from "@/components/ui/states";
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
      ownUrl {
        message
        link {
          id
          offer {
            id
          }
          campaign {
            id
            name
          }
        }
      }
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
const words = { SURE: "Sure", LIKELY: "Likely", GUESS: "Guess", NONE: "As pasted" } as const;

/** What a placeholder of any tracker or network has in it, and the word that Keitaro writes in place of one. */
const placeholder = /[{[#<(]|%\w+%|__\w+__|^replace/i;

/** A value without a placeholder: it is sent as it was pasted. */
function isFixed({ macro, value }: Parameter): boolean {
  return macro === null && value !== "" && !placeholder.test(value);
}

function part(mapped: number, all: number): string {
  const placeholders = plural(all, "placeholder", "placeholders");
  if (mapped < all) return `${String(mapped)} of ${placeholders}`;
  return all === 1 ? placeholders : `all ${placeholders}`;
}

/** "Looks like Keitaro: all 4 placeholders mapped, 1 fixed value kept." */
export function inOneLine({ tracker, network, confidence, parameters }: Recognition): string {
  const mapped = parameters.filter((p) => p.macro !== null).length;
  const fixed = parameters.filter(isFixed).length;
  const placeholders = parameters.length - fixed;
  const who = tracker
    ? `${confidence === "SURE" ? "This is" : "Looks like"} ${tracker.name}`
    : network !== null
      ? `${network} format`
      : "Tracker not recognised";
  const parts = [
    placeholders === 0 ? "no placeholders" : `${part(mapped, placeholders)} mapped`,
    fixed > 0 && `${plural(fixed, "fixed value", "fixed values")} kept`,
  ].filter(Boolean);
  return `${who}: ${parts.join(", ")}.`;
}

/** What was read out of the pasted text, to be accepted as it is or adjusted value by value. */
export function RecognitionCard({
  recognition,
  onAccept,
}: {
  recognition: Recognition;
  onAccept: (adjust: boolean) => void;
}): ReactElement {
  const { tracker, reason, urlTemplate, parameters, ownUrl } = recognition;
  if (ownUrl !== null) return <OwnUrl message={ownUrl.message} link={ownUrl.link} />;
  if (urlTemplate === "") {
    return (
      <p className="text-retrying">
        There is no URL in this text. A postback URL starts with https:// and is found in your tracker under
        the traffic source or the affiliate network.
      </p>
    );
  }
  return (
    <section aria-label="Recognised" className="flex flex-col gap-3 rounded-md border p-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 flex-1 basis-60 font-medium">
          {inOneLine(recognition)}
          {reason !== null && <span className="block text-sm font-normal text-muted">{reason}</span>}
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

/** One of our own URLs, in the place of the tracker's: what it is, and where it belongs. */
function OwnUrl({ message, link }: NonNullable<Recognition["ownUrl"]>): ReactElement {
  return (
    <Note tone="failed" icon={CircleAlert}>
      {message}
      {link !== null && (
        <>
          {" "}
          <Link
            to="/links"
            search={link.campaign === null ? { offer: link.offer.id } : { campaign: link.campaign.id }}
            className="link"
          >
            Open this tracking link
          </Link>
        </>
      )}
    </Note>
  );
}

function Line({ parameter }: { parameter: Parameter }): ReactElement {
  const { name, value, proposal, confidence, reason } = parameter;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-3 py-1.5">
      <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
        <span translate="no" className="font-mono text-sm font-medium">
          {name}
        </span>
        <span translate="no" className="min-w-0 font-mono text-sm break-all text-muted">
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
