import { ChevronLeft, SlidersHorizontal } from "lucide-react";
import { type ReactElement, useState } from "react";

import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";

import { type Expression, readExpression, writeExpression } from "./expression";
import { FilterForms } from "./filter-form";
import { MacroList } from "./macro-list";
import type { Macro, MacroFilter } from "./macros";
import type { Slot } from "./slots";

/** What can be done with one value of the URL: another macro, filters on it, a fixed text, or nothing. */
export function SlotForm({
  slot,
  macros,
  filters,
  onReplace,
  onClose,
}: {
  slot: Slot;
  macros: readonly Macro[];
  filters: readonly MacroFilter[];
  /** Writes over the slot's text; the form stays open unless `onClose` is called too. */
  onReplace: (text: string) => void;
  onClose: () => void;
}): ReactElement {
  const [step, setStep] = useState<"macro" | "filters">("macro");
  const [expression, setExpression] = useState<Expression | null>(() =>
    slot.kind === "macro" ? readExpression(slot.text) : null,
  );
  const [fixed, setFixed] = useState(slot.kind === "literal" ? slot.text : "");
  const replace = (text: string) => {
    onReplace(text);
    onClose();
  };

  if (step === "filters" && expression !== null) {
    return (
      <FilterStep
        expression={expression}
        filters={filters}
        onBack={() => {
          setStep("macro");
        }}
        onChange={(next) => {
          setExpression(next);
          onReplace(writeExpression(next));
        }}
        onDone={onClose}
      />
    );
  }

  return (
    <div className="flex flex-col gap-2 p-1">
      {expression !== null && (
        <div className="flex items-center justify-between gap-2 px-1">
          <span translate="no" className="min-w-0 truncate font-mono text-sm">
            {writeExpression(expression)}
          </span>
          <Button
            size="sm"
            icon={SlidersHorizontal}
            onPress={() => {
              setStep("filters");
            }}
          >
            {expression.filters.length === 0 ? "Filters" : `Filters (${String(expression.filters.length)})`}
          </Button>
        </div>
      )}
      <MacroList
        macros={macros}
        onChoose={(name) => {
          replace(writeExpression({ macro: name, filters: expression?.filters ?? [] }));
        }}
      />
      <FixedValue
        value={fixed}
        onChange={setFixed}
        onSet={() => {
          replace(fixed);
        }}
      />
    </div>
  );
}

/** What is done to the macro's value. */
function FilterStep({
  expression,
  filters,
  onBack,
  onChange,
  onDone,
}: {
  expression: Expression;
  filters: readonly MacroFilter[];
  onBack: () => void;
  onChange: (expression: Expression) => void;
  onDone: () => void;
}): ReactElement {
  return (
    <div className="flex flex-col gap-3 p-2">
      <div className="flex items-center justify-between gap-2">
        <Button size="sm" look="quiet" icon={ChevronLeft} onPress={onBack}>
          Macros
        </Button>
        <span translate="no" className="min-w-0 truncate font-mono text-sm">{`{${expression.macro}}`}</span>
        <Button size="sm" look="primary" onPress={onDone}>
          Done
        </Button>
      </div>
      <FilterForms expression={expression} filters={filters} onChange={onChange} />
    </div>
  );
}

/** A text in place of a macro; none leaves the value empty. */
function FixedValue({
  value,
  onChange,
  onSet,
}: {
  value: string;
  onChange: (text: string) => void;
  onSet: () => void;
}): ReactElement {
  return (
    <form
      className="flex items-end gap-2 border-t px-1 pt-2"
      onSubmit={(e) => {
        e.preventDefault();
        e.stopPropagation();
        onSet();
      }}
    >
      <TextField
        label="Or a fixed value"
        value={value}
        onChange={onChange}
        mono
        spellCheck="false"
        className="flex-1"
      />
      <Button type="submit">{value === "" ? "Leave empty" : "Set"}</Button>
    </form>
  );
}
