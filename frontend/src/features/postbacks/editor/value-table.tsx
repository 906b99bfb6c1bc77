import { Plus, Trash2 } from "lucide-react";
import { type ReactElement, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";

import { Button, IconButton } from "@/components/ui/button";
import { inputClass } from "@/components/ui/classes";
import { cx } from "@/components/ui/cx";
import { hue } from "@/components/ui/hues";

import type { Macro, MacroFilter } from "./macros";
import { addParameter, type Parameter, parametersIn, removeParameter, renameParameter } from "./parameters";
import { SlotForm } from "./slot-form";
import { SlotPicker } from "./slot-picker";
import { type MacroNames, placeNames, queryOf, type Slot, slotsOf } from "./slots";

interface ValueTableProps {
  value: string;
  onChange: (value: string) => void;
  names: MacroNames;
  macros: readonly Macro[];
  filters: readonly MacroFilter[];
  /** What a slot at this offset becomes, with sample values. */
  exampleAt: (start: number) => string | null;
}

/** The same URL as a table: what a phone shows, and whoever would rather not read a URL. */
export function ValueTable(props: ValueTableProps): ReactElement {
  const { value, onChange, names } = props;
  const slots = slotsOf(value, names);
  const parameters = parametersIn(value, names);
  const elsewhere = slots.filter((slot) => slot.parameter === null);
  const query = queryOf(value, names);
  // Without a query, the fragment is edited here too.
  const address = query.start === query.end ? value : value.slice(0, query.start);
  return (
    <div className="flex flex-col gap-2">
      <input
        aria-label="Address"
        value={address}
        spellCheck={false}
        onChange={(e) => {
          onChange(e.target.value + value.slice(address.length));
        }}
        className={cx(inputClass, "font-mono text-sm")}
      />
      <ul aria-label="Parameters" className="flex flex-col divide-y rounded-md border">
        {elsewhere.map((slot) => (
          <li key={`outside ${String(slot.start)}`} className="flex items-center gap-2 px-2 py-1.5">
            <span className="w-28 shrink-0 text-sm text-muted sm:w-36">in {placeNames[slot.place]}</span>
            <Chip
              {...props}
              slot={slot}
              label={placeNames[slot.place]}
              colour={slot.kind === "macro" ? hue(slot.macro) : undefined}
            />
          </li>
        ))}
        {parameters.map((parameter, i) => (
          <Row key={i} {...props} parameter={parameter} index={i} />
        ))}
      </ul>
      <div>
        <Button
          size="sm"
          icon={Plus}
          onPress={() => {
            onChange(addParameter(value, names));
          }}
        >
          Add parameter
        </Button>
      </div>
    </div>
  );
}

interface RowProps extends ValueTableProps {
  parameter: Parameter;
  index: number;
}

function Row(props: RowProps): ReactElement {
  const { parameter, value, onChange, exampleAt } = props;
  const [first] = parameter.slots;
  const example =
    first && first.kind === "macro" && parameter.slots.length === 1 ? exampleAt(first.start) : null;
  return (
    <li className="flex flex-wrap items-center gap-x-2 gap-y-1 px-2 py-1.5">
      <span className="w-28 shrink-0 sm:w-36">
        <input
          aria-label={`Name of parameter ${String(props.index + 1)}`}
          value={parameter.name}
          spellCheck={false}
          onChange={(e) => {
            onChange(renameParameter(value, parameter, e.target.value));
          }}
          className={cx(inputClass, "font-mono text-sm")}
        />
      </span>
      <span aria-hidden className="text-faint">
        =
      </span>
      <span className="flex min-w-0 flex-1 flex-wrap items-center gap-1">
        {parameter.slots.map((slot) => (
          <Chip
            key={slot.start}
            {...props}
            slot={slot}
            label={parameter.name}
            colour={slot.kind === "macro" ? hue(slot.macro) : undefined}
          />
        ))}
      </span>
      <IconButton
        label={`Remove ${parameter.name}`}
        icon={Trash2}
        size="sm"
        onPress={() => {
          onChange(removeParameter(value, parameter));
        }}
      />
      {example !== null && (
        <span translate="no" className="basis-full truncate font-mono text-xs text-muted">
          e.g. {example === "" ? "nothing" : example}
        </span>
      )}
    </li>
  );
}

function Chip({
  slot,
  label,
  colour,
  value,
  onChange,
  macros,
  filters,
}: ValueTableProps & { slot: Slot; label: string; colour: string | undefined }): ReactElement {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
  };
  return (
    <>
      <AriaButton
        ref={anchor}
        aria-label={`Value of ${label}: ${slot.text === "" ? "empty" : slot.text}`}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onPress={() => {
          setOpen(true);
        }}
        className={cx(
          "max-w-full rounded-sm px-1.5 py-1 text-left font-mono text-sm break-all pointer-coarse:py-2",
          slot.kind === "macro" && colour,
          slot.kind === "literal" && "border border-edge",
          slot.kind === "foreign" && "border border-retrying bg-retrying-soft text-retrying",
          slot.kind === "empty" && "border border-dashed border-edge text-muted",
        )}
      >
        {slot.text === "" ? "empty" : slot.text}
      </AriaButton>
      <SlotPicker label={`Value of ${label}`} isOpen={isOpen} onClose={close} anchor={anchor}>
        <SlotForm
          slot={slot}
          macros={macros}
          filters={filters}
          onReplace={(text) => {
            onChange(value.slice(0, slot.start) + text + value.slice(slot.end));
          }}
          onClose={close}
        />
      </SlotPicker>
    </>
  );
}
