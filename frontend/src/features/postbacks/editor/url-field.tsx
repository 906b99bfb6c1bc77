import type { EditorView } from "@codemirror/view";
import { List, Type } from "lucide-react";
import { type ReactElement, useId, useMemo, useRef, useState } from "react";

import { cx } from "@/components/ui/cx";
import { isNarrow } from "@/components/ui/narrow";
import { Segmented } from "@/components/ui/segmented";

import type { FindingMark } from "./chips";
import { selectSlot } from "./keys";
import { type Macro, ofAggregation, useMacros } from "./macros";
import { SlotForm } from "./slot-form";
import { SlotPicker } from "./slot-picker";
import { macroNames, placeNames, type Slot, slotsOf } from "./slots";
import { type Place, UrlEditor } from "./url-editor";
import { ValueTable } from "./value-table";

export interface UrlFieldProps {
  value: string;
  onChange: (value: string) => void;
  findings: readonly FindingMark[];
  exampleAt: (start: number) => string | null;
  onPasteAll: (text: string) => void;
  asTable: boolean;
  /** Whether conversions are aggregated into one request: there are macros for that alone. */
  aggregates: boolean;
  error?: string | undefined;
}

type Form = "text" | "table";

const hints: Record<Form, string> = {
  text: "Click a value to choose what is sent. Arrow keys move between values, Enter opens the list, { inserts a macro.",
  table: "Click a value to choose what is sent.",
};

/** The URL template, as text with chips or as a table: two views on one text. */
export default function UrlField(props: UrlFieldProps): ReactElement {
  const { value, onChange, error } = props;
  const [form, setForm] = useState<Form>(() => (props.asTable || isNarrow() ? "table" : "text"));
  const { macros, filters } = useMacros();
  const names = useMemo(() => macroNames(macros), [macros]);
  const offered = useMemo(() => ofAggregation(macros, props.aggregates), [macros, props.aggregates]);
  const notes = useId();
  return (
    <div className="flex flex-col gap-2">
      <Segmented<Form>
        label="Show the URL as"
        hideLabel
        value={form}
        onChange={setForm}
        choices={[
          {
            id: "text",
            label: (
              <>
                <Type aria-hidden className="size-3.5" />
                Text
              </>
            ),
          },
          {
            id: "table",
            label: (
              <>
                <List aria-hidden className="size-3.5" />
                Table
              </>
            ),
          },
        ]}
      />
      {form === "table" ? (
        <ValueTable
          value={value}
          onChange={onChange}
          names={names}
          macros={offered}
          filters={filters}
          exampleAt={props.exampleAt}
        />
      ) : (
        <Text {...props} macros={macros} offered={offered} filters={filters} names={names} notes={notes} />
      )}
      <p id={notes} className={cx("text-xs", error === undefined ? "text-muted" : "text-failed")}>
        {error ?? hints[form]}
      </p>
    </div>
  );
}

function Text({
  value,
  onChange,
  findings,
  onPasteAll,
  error,
  macros,
  offered,
  filters,
  names,
  notes,
}: UrlFieldProps &
  ReturnType<typeof useMacros> & {
    offered: readonly Macro[];
    names: ReturnType<typeof macroNames>;
    notes: string;
  }) {
  const anchor = useRef<HTMLSpanElement>(null);
  const view = useRef<EditorView | null>(null);
  const [open, setOpen] = useState<{ slot: Slot; place: Place } | null>(null);
  // While its list is open, a chip is found again by where it begins.
  const slot =
    open === null ? null : (slotsOf(value, names).find((s) => s.start === open.slot.start) ?? null);

  const close = () => {
    setOpen(null);
    const at = view.current;
    if (!at || slot === null) return;
    requestAnimationFrame(() => {
      const now = slotsOf(at.state.doc.toString(), names).find((s) => s.start === slot.start);
      if (now) selectSlot(at, now);
      at.focus();
    });
  };

  return (
    <div className="relative">
      <UrlEditor
        label="URL"
        value={value}
        onChange={onChange}
        macros={macros}
        offered={offered}
        findings={findings}
        describedBy={notes}
        isInvalid={error !== undefined}
        onOpen={(chosen, place) => {
          setOpen({ slot: chosen, place });
        }}
        onPasteAll={onPasteAll}
        onView={(next) => {
          view.current = next;
        }}
      />
      <span
        ref={anchor}
        aria-hidden
        className="pointer-events-none absolute w-px"
        style={{
          left: open?.place.left ?? 0,
          top: open?.place.top ?? 0,
          height: open?.place.height ?? 0,
        }}
      />
      <SlotPicker
        label={
          slot?.parameter == null
            ? `Value in ${placeNames[slot?.place ?? "path"]}`
            : `Value of ${slot.parameter}`
        }
        isOpen={open !== null}
        onClose={close}
        anchor={anchor}
      >
        {open !== null && (
          <SlotForm
            key={open.slot.start}
            slot={slot ?? open.slot}
            macros={offered}
            filters={filters}
            onReplace={(text) => {
              const now = slot ?? open.slot;
              onChange(value.slice(0, now.start) + text + value.slice(now.end));
            }}
            onClose={close}
          />
        )}
      </SlotPicker>
    </div>
  );
}
