import { type ReactElement, useState } from "react";
import { useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/page";
import { explain } from "@/graphql/client";

import { Presets } from "./presets";
import { RecognitionCard, RecognizeQuery } from "./recognition";

/** What a tracker, or a postback, begins with. */
export interface Beginning {
  urlTemplate: string;
  /** The tracker's name, where it is known. */
  tracker: string | null;
  /** The tracker's preset. */
  preset: string | null;
  /** What the tracker's click id is called in a tracking link: `{subid}`. */
  token: string | null;
  /** Value by value, in the table. */
  adjust: boolean;
  /** Those of a postback that it is a copy of. */
  goals?: string[];
  method?: "GET" | "POST";
}

/** The first step of a new tracker: paste what the tracker shows, or say which tracker it is. */
export function Start({ onBegin }: { onBegin: (beginning: Beginning) => void }): ReactElement {
  const [text, setText] = useState("");
  return (
    <div className="flex flex-col gap-4">
      <Panel title="Paste your tracker's postback URL">
        <div className="flex flex-col gap-3">
          <TextField
            label="Your tracker's postback URL"
            hideLabel
            hint="As your tracker shows it, with its own placeholders. A whole e-mail that contains the URL works too."
            placeholder="https://your-tracker.example/postback?subid={subid}&status=…"
            value={text}
            onChange={setText}
            rows={3}
            mono
            autoFocus
            spellCheck="false"
            autoComplete="off"
          />
          {text.trim() !== "" && <Recognized text={text} onBegin={onBegin} />}
        </div>
      </Panel>
      <Panel
        title="Or choose your tracker"
        aside={
          <Button
            size="sm"
            look="quiet"
            onPress={() => {
              onBegin({ urlTemplate: "", tracker: null, preset: null, token: null, adjust: false });
            }}
          >
            Enter manually
          </Button>
        }
      >
        <Presets
          onUse={(urlTemplate, preset) => {
            onBegin({
              urlTemplate,
              tracker: preset.name,
              preset: preset.key,
              token: preset.token,
              adjust: false,
            });
          }}
        />
      </Panel>
    </div>
  );
}

/** What the server reads out of a text; it stays in sight while the next answer is on its way. */
export function Recognized({
  text,
  onBegin,
}: {
  text: string;
  onBegin: (beginning: Beginning) => void;
}): ReactElement {
  const [{ data, error }] = useQuery({ query: RecognizeQuery, variables: { text } });
  const recognition = data?.recognizePostback;
  return (
    <div role="status">
      {error && <p className="text-failed">{explain(error)}</p>}
      {recognition && (
        <RecognitionCard
          recognition={recognition}
          onAccept={(adjust) => {
            onBegin({
              urlTemplate: recognition.urlTemplate,
              tracker: recognition.tracker?.name ?? null,
              preset: recognition.tracker?.key ?? null,
              token: recognition.tracker?.token ?? null,
              adjust,
            });
          }}
        />
      )}
    </div>
  );
}
