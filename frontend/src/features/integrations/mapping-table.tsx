import { Plus, X } from "lucide-react";
import type { ReactElement } from "react";

import { Button, IconButton } from "@/components/ui/button";
import type { Choice } from "@/components/ui/choice";
import { TextField } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Note } from "@/components/ui/states";

import type { Word } from "./words";

/** A mapping as a table: what is ours is picked from a list, what is theirs is typed. */
export function MappingTable({
  title,
  hint,
  rows,
  onChange,
  ours,
  choices,
  theirs,
  theirChoices,
  placeholder,
  error,
}: {
  /** "Goal mapping" */
  title: string;
  hint?: string;
  rows: readonly Word[];
  onChange: (rows: readonly Word[]) => void;
  /** Which side is ours. */
  ours: "from" | "to";
  choices: readonly Choice[];
  /** What the operator's side is: "Operator's goal". */
  theirs: string;
  /** What can stand there, where it is picked as well. */
  theirChoices?: readonly Choice[];
  placeholder: string;
  error?: string | undefined;
}): ReactElement {
  const typed = ours === "from" ? "to" : "from";
  const set = (at: number, change: Partial<Word>) => {
    onChange(rows.map((row, i) => (i === at ? { ...row, ...change } : row)));
  };
  // What is mapped already stays a choice, even where the list has lost it.
  const all = [
    ...choices,
    ...rows
      .map((row) => row[ours])
      .filter((word) => word !== "" && !choices.some((choice) => choice.id === word))
      .map((word) => ({ id: word, label: word })),
  ];
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{title}</legend>
      {hint !== undefined && <p className="text-sm text-muted">{hint}</p>}
      {rows.length > 0 && (
        <table className="w-full border-collapse text-left">
          <MappingHead theirs={theirs} />
          <tbody>
            {rows.map((row, i) => (
              <MappingRow
                // oxlint-disable-next-line react/no-array-index-key -- a row has nothing of its own that stays while it is typed
                key={i}
                label={{ row: String(i + 1), table: title.toLowerCase(), theirs }}
                theirs={{ value: row[typed], placeholder, choices: theirChoices }}
                ours={{ value: row[ours], choices: all }}
                onTheirs={(value) => {
                  set(i, { [typed]: value });
                }}
                onOurs={(id) => {
                  set(i, { [ours]: id });
                }}
                onRemove={() => {
                  onChange(rows.filter((_, at) => at !== i));
                }}
              />
            ))}
          </tbody>
        </table>
      )}
      {error !== undefined && (
        <Note tone="failed" role="alert">
          {error}
        </Note>
      )}
      <span>
        <Button
          size="sm"
          icon={Plus}
          onPress={() => {
            onChange([...rows, { from: "", to: "" }]);
          }}
        >
          Add to {title.toLowerCase()}
        </Button>
      </span>
    </fieldset>
  );
}

function MappingHead({ theirs }: { theirs: string }): ReactElement {
  return (
    <thead>
      <tr className="text-xs text-muted">
        <th scope="col" className="pb-1 font-medium">
          {theirs}
        </th>
        <th scope="col" className="pb-1 pl-2 font-medium">
          Ours
        </th>
        <th scope="col" className="w-8">
          <span className="sr-only">Remove</span>
        </th>
      </tr>
    </thead>
  );
}

/** A word of theirs, and what it means to us. */
function MappingRow({
  label,
  theirs,
  ours,
  onTheirs,
  onOurs,
  onRemove,
}: {
  /** What a screen reader says of the row. */
  label: { row: string; table: string; theirs: string };
  theirs: { value: string; placeholder: string; choices: readonly Choice[] | undefined };
  ours: { value: string; choices: readonly Choice[] };
  onTheirs: (value: string) => void;
  onOurs: (id: string) => void;
  onRemove: () => void;
}): ReactElement {
  return (
    <tr>
      <td className="py-0.5 align-top">
        {theirs.choices === undefined ? (
          <TextField
            label={`${label.theirs}, row ${label.row}`}
            hideLabel
            mono
            placeholder={theirs.placeholder}
            value={theirs.value}
            onChange={onTheirs}
          />
        ) : (
          <Select
            label={`${label.theirs}, row ${label.row}`}
            hideLabel
            placeholder={theirs.placeholder}
            choices={theirs.choices}
            value={theirs.value === "" ? null : theirs.value}
            onChange={onTheirs}
          />
        )}
      </td>
      <td className="py-0.5 pl-2 align-top">
        <Select
          label={`Ours, row ${label.row}`}
          hideLabel
          choices={ours.choices}
          value={ours.value === "" ? null : ours.value}
          onChange={onOurs}
        />
      </td>
      <td className="py-0.5 text-right align-top">
        <IconButton label={`Remove row ${label.row} of ${label.table}`} icon={X} onPress={onRemove} />
      </td>
    </tr>
  );
}
