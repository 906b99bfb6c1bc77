import { ChevronLeft } from "lucide-react";
import { type ReactElement, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useQuery } from "urql";

import { Button } from "@/components/ui/button";
import { inputClass } from "@/components/ui/classes";
import { cx } from "@/components/ui/cx";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { Skeleton } from "@/components/ui/skeleton";
import { TemplateText } from "@/components/ui/url-text";
import { graphql, type ResultOf } from "@/graphql/graphql";

const PresetsQuery = graphql(`
  query TrackerPresets {
    trackerPresets {
      key
      name
      kind
      token
      note
      docUrl
      deduplicates
      blanks {
        name
        label
        example
      }
    }
  }
`);

const TemplateQuery = graphql(`
  query PresetTemplate($blanks: [BlankValueInput!]!) {
    trackerPresets {
      key
      urlTemplate(blanks: $blanks)
    }
  }
`);

export type Preset = ResultOf<typeof PresetsQuery>["trackerPresets"][number];

/** Every tracker that is known, and the few things of one's own that its URL needs. */
export function Presets({ onUse }: { onUse: (urlTemplate: string, preset: Preset) => void }): ReactElement {
  const [{ data }] = useQuery({ query: PresetsQuery });
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<Preset | null>(null);
  if (!data) return <Skeleton className="h-24" />;
  if (chosen !== null) {
    return (
      <Blanks
        preset={chosen}
        onBack={() => {
          setChosen(null);
        }}
        onUse={onUse}
      />
    );
  }
  const typed = text.trim().toLowerCase();
  const shown = data.trackerPresets.filter(({ name, key }) => `${name} ${key}`.toLowerCase().includes(typed));
  return (
    <div className="flex flex-col gap-3">
      <input
        type="search"
        aria-label="Search the trackers"
        placeholder="Search: Keitaro, Binom, Voluum…"
        value={text}
        onChange={(e) => {
          setText(e.target.value);
        }}
        className={cx(inputClass, "max-w-80")}
      />
      {shown.length === 0 && (
        <p className="text-muted">
          No matches. Paste your tracker&apos;s postback URL instead: any tracker works.
        </p>
      )}
      <ul aria-label="Trackers" className="grid grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] gap-2">
        {shown.map((preset) => (
          <li key={preset.key}>
            <PresetCard
              preset={preset}
              onChoose={() => {
                setChosen(preset);
              }}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

function PresetCard({ preset, onChoose }: { preset: Preset; onChoose: () => void }): ReactElement {
  return (
    <AriaButton
      className="flex h-full w-full items-start gap-2.5 rounded-md border p-2.5 text-left hover:border-edge hover:bg-hover"
      onPress={onChoose}
    >
      <span
        aria-hidden
        className="flex size-8 shrink-0 items-center justify-center rounded-md bg-accent-soft font-semibold text-accent-strong"
      >
        {preset.name.charAt(0)}
      </span>
      <span className="min-w-0">
        <span className="block font-medium">{preset.name}</span>
        <span className="block text-xs text-muted">
          needs {preset.blanks.map((blank) => blank.label.toLowerCase()).join(", ") || "nothing more"}
        </span>
      </span>
    </AriaButton>
  );
}

function Blanks({
  preset,
  onBack,
  onUse,
}: {
  preset: Preset;
  onBack: () => void;
  onUse: (urlTemplate: string, preset: Preset) => void;
}): ReactElement {
  const [values, setValues] = useState<Record<string, string>>({});
  const blanks = preset.blanks
    .map(({ name }) => ({ name, value: (values[name] ?? "").trim() }))
    .filter(({ value }) => value !== "");
  const [{ data }] = useQuery({ query: TemplateQuery, variables: { blanks } });
  const template = data?.trackerPresets.find((p) => p.key === preset.key)?.urlTemplate ?? "";
  return (
    <Form
      className="flex flex-col gap-3"
      onSubmit={() => {
        if (template !== "") onUse(template, preset);
      }}
    >
      <div className="flex items-center gap-2">
        <Button size="sm" look="quiet" icon={ChevronLeft} onPress={onBack}>
          Trackers
        </Button>
        <h3 className="font-semibold">{preset.name}</h3>
      </div>
      <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        {preset.blanks.map((blank, i) => (
          <TextField
            key={blank.name}
            label={blank.label}
            placeholder={blank.example}
            value={values[blank.name] ?? ""}
            onChange={(value) => {
              setValues({ ...values, [blank.name]: value });
            }}
            autoFocus={i === 0}
            mono
            spellCheck="false"
          />
        ))}
      </div>
      {template !== "" && (
        <p className="rounded-md bg-sunken px-3 py-2 leading-6">
          <TemplateText template={template} />
        </p>
      )}
      <p className="text-sm text-muted">
        {preset.note !== null && `${preset.note} `} {preset.name} deduplicates by {preset.deduplicates}.{" "}
        <a href={preset.docUrl} target="_blank" rel="noreferrer" className="link">
          {preset.name} postback documentation
        </a>
      </p>
      <div>
        <Button type="submit" look="primary">
          Use this URL
        </Button>
      </div>
    </Form>
  );
}
