import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import type { ReactElement } from "react";
import { useQuery } from "urql";

import { Button, IconButton } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { graphql } from "@/graphql/graphql";

import { type Expression, type FilterCall, readMap, writeExpression, writeMap } from "./expression";
import { type MacroFilter, useMacros } from "./macros";

const ResultQuery = graphql(`
  query FilterResult($urlTemplate: String!, $values: [MacroValueInput!]) {
    previewPostback(urlTemplate: $urlTemplate, values: $values, postback: { aggregateSeconds: 60 }) {
      spans {
        value
      }
      errors {
        message
      }
    }
  }
`);

/** What stands in the field of a filter, in the words of somebody who needs it. */
const argumentWords: Record<string, { label: string; hint?: string; first: string }> = {
  mul: { label: "Multiply by", hint: "0.85 sends 85 % of it.", first: "1" },
  round: { label: "Decimal places", first: "2" },
  default: { label: "Value when empty", first: "none" },
  format: {
    label: "Format, shown for 2 January 2006, 15:04:05",
    hint: "02.01.2006 or 2006-01-02 15:04:05",
    first: "2006-01-02",
  },
  limit: { label: "Maximum length", first: "64" },
};

/** The second step after the macro: what is done to its value, one filter after the other. */
export function FilterForms({
  expression,
  filters,
  onChange,
}: {
  expression: Expression;
  filters: readonly MacroFilter[];
  onChange: (expression: Expression) => void;
}): ReactElement {
  const calls = expression.filters;
  const set = (next: FilterCall[]) => {
    onChange({ ...expression, filters: next });
  };
  const swap = (i: number, j: number) => {
    const next = [...calls];
    const [a, b] = [next[i], next[j]];
    if (a === undefined || b === undefined) return;
    next[i] = b;
    next[j] = a;
    set(next);
  };
  return (
    <div className="flex flex-col gap-3">
      <ol aria-label="Filters" className="flex flex-col gap-3">
        {calls.map((call, i) => (
          <FilterItem
            key={i}
            call={call}
            meaning={filters.find((f) => f.name === call.name)?.meaning}
            onUp={
              i > 0
                ? () => {
                    swap(i, i - 1);
                  }
                : null
            }
            onDown={
              i < calls.length - 1
                ? () => {
                    swap(i, i + 1);
                  }
                : null
            }
            onRemove={() => {
              set(calls.filter((_, at) => at !== i));
            }}
            onArgument={(argument) => {
              set(calls.map((c, at) => (at === i ? { ...c, argument } : c)));
            }}
          />
        ))}
      </ol>
      <Select
        label="Add filter"
        placeholder="Choose a filter…"
        choices={filters.map(({ name, meaning }) => ({ id: name, label: name, hint: meaning }))}
        value={null}
        onChange={(name) => {
          const takes = filters.find((f) => f.name === name)?.usage.includes(":") === true;
          const first = name === "map" ? "*=" : (argumentWords[name]?.first ?? "");
          set([...calls, { name, argument: takes ? first : null }]);
        }}
      />
      <Result expression={expression} />
    </div>
  );
}

function FilterItem({
  call,
  meaning,
  onUp,
  onDown,
  onRemove,
  onArgument,
}: {
  call: FilterCall;
  meaning: string | undefined;
  /** Null for the first. */
  onUp: (() => void) | null;
  /** Null for the last. */
  onDown: (() => void) | null;
  onRemove: () => void;
  onArgument: (argument: string) => void;
}): ReactElement {
  return (
    <li className="flex flex-col gap-2 rounded-md border p-2">
      <div className="flex items-center gap-1">
        <span translate="no" className="flex-1 font-mono text-sm font-medium">
          {call.name}
        </span>
        {onUp && <IconButton label={`Move ${call.name} up`} icon={ArrowUp} size="sm" onPress={onUp} />}
        {onDown && (
          <IconButton label={`Move ${call.name} down`} icon={ArrowDown} size="sm" onPress={onDown} />
        )}
        <IconButton label={`Remove ${call.name}`} icon={Trash2} size="sm" onPress={onRemove} />
      </div>
      <p className="text-sm text-muted">{meaning}</p>
      <Argument call={call} onChange={onArgument} />
    </li>
  );
}

function Argument({
  call,
  onChange,
}: {
  call: FilterCall;
  onChange: (argument: string) => void;
}): ReactElement | null {
  if (call.argument === null) return null;
  if (call.name === "map") return <MapRows argument={call.argument} onChange={onChange} />;
  const words = argumentWords[call.name];
  return (
    <TextField
      label={words?.label ?? "Value"}
      {...(words?.hint === undefined ? {} : { hint: words.hint })}
      value={call.argument}
      onChange={onChange}
      mono
    />
  );
}

function MapRows({
  argument,
  onChange,
}: {
  argument: string;
  onChange: (argument: string) => void;
}): ReactElement {
  const rows = readMap(argument);
  const set = (i: number, change: Partial<(typeof rows)[number]>) => {
    onChange(writeMap(rows.map((row, at) => (at === i ? { ...row, ...change } : row))));
  };
  return (
    <div className="flex flex-col gap-2">
      {rows.map((row, i) => (
        <MapRow
          key={i}
          at={i}
          row={row}
          onChange={(change) => {
            set(i, change);
          }}
          onRemove={() => {
            onChange(writeMap(rows.filter((_, at) => at !== i)));
          }}
        />
      ))}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="sm"
          icon={Plus}
          onPress={() => {
            const names = new Set(rows.map((row) => row.from));
            const from = ["registration", "ftd", "deposit", "*"].find((name) => !names.has(name)) ?? "value";
            onChange(
              writeMap([
                ...rows.filter((row) => row.from !== "*"),
                { from, to: "" },
                ...rows.filter((row) => row.from === "*"),
              ]),
            );
          }}
        >
          Add row
        </Button>
        <span className="text-xs text-muted">* matches any other value.</span>
      </div>
    </div>
  );
}

/** "When the value is … send …"; only the first row shows the labels. */
function MapRow({
  at,
  row,
  onChange,
  onRemove,
}: {
  at: number;
  row: { from: string; to: string };
  onChange: (change: Partial<{ from: string; to: string }>) => void;
  onRemove: () => void;
}): ReactElement {
  return (
    <div className="flex items-end gap-2">
      <TextField
        label={at === 0 ? "When the value is" : `When the value is, row ${String(at + 1)}`}
        hideLabel={at > 0}
        value={row.from}
        onChange={(from) => {
          onChange({ from });
        }}
        mono
        className="flex-1"
      />
      <TextField
        label={at === 0 ? "Send" : `Send, row ${String(at + 1)}`}
        hideLabel={at > 0}
        value={row.to}
        onChange={(to) => {
          onChange({ to });
        }}
        mono
        className="flex-1"
      />
      <IconButton label={`Remove row ${String(at + 1)}`} icon={Trash2} size="sm" onPress={onRemove} />
    </div>
  );
}

/** What comes out, for the macro's example: asked of the program that will send it. */
function Result({ expression }: { expression: Expression }): ReactElement {
  const written = writeExpression(expression);
  const { macros } = useMacros();
  const [{ data }] = useQuery({
    query: ResultQuery,
    variables: {
      urlTemplate: `https://tracker.example/?v=${written}`,
      values: macros
        .filter(({ name }) => name === expression.macro)
        .map(({ name, example }) => ({ macro: name, value: example })),
    },
  });
  const error = data?.previewPostback.errors[0]?.message;
  const value = data?.previewPostback.spans[0]?.value;
  return (
    <p role="status" className="text-sm">
      {error === undefined ? (
        <>
          <span className="text-muted">Example: </span>
          <span translate="no" className="font-mono break-all">
            {value === undefined || value === "" ? "nothing" : value}
          </span>
        </>
      ) : (
        <span className="text-failed">{error}</span>
      )}
    </p>
  );
}
