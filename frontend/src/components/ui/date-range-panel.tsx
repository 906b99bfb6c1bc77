import type { CalendarDate } from "@internationalized/date";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type ReactElement, useState } from "react";
import {
  Button as AriaButton,
  CalendarCell,
  CalendarGrid,
  CalendarHeading,
  DateField,
  DateInput,
  DateSegment,
  Label,
  ListBox,
  RangeCalendar,
} from "react-aria-components";

import { Button } from "./button";
import { inputClass, labelClass } from "./classes";
import { cx } from "./cx";
import { dayOf, daysOf, spanNames } from "./days";
import { type Period, spans } from "./period";
import { ChoiceItem } from "./select";
import { useZone } from "./time";

const choices = spans.map((id) => ({ id, label: spanNames[id] }));

/** Spans to choose from, and days to type or to pick. */
export function DateRangePanel({
  value,
  onChange,
}: {
  value: Period;
  onChange: (period: Period) => void;
}): ReactElement {
  const zone = useZone();
  const [begun] = useState(() => {
    const now = new Date();
    const today = dayOf(now, zone);
    const { first, last } = daysOf(value, zone, now);
    return { today, first: first ?? null, last: last ?? (first && value.range ? today : null) };
  });
  const [first, setFirst] = useState<CalendarDate | null>(begun.first);
  const [last, setLast] = useState<CalendarDate | null>(begun.last);
  const isBackwards = first !== null && last !== null && last.compare(first) < 0;

  return (
    <div className="flex gap-3 p-1 max-sm:flex-col">
      <Spans value={value.range} onChange={onChange} />
      <form
        className="flex flex-col gap-3"
        onSubmit={(e) => {
          e.preventDefault();
          onChange({ from: first?.toString(), to: last?.toString() });
        }}
      >
        <div className="grid grid-cols-2 gap-2">
          <Day label="From" value={first} onChange={setFirst} />
          <Day label="To" value={last} onChange={setLast} />
        </div>
        <Month
          value={first && last && !isBackwards ? { start: first, end: last } : null}
          max={begun.today}
          onChange={(start, end) => {
            setFirst(start);
            setLast(end);
          }}
        />
        <div className="flex items-center justify-between gap-3">
          <p className="text-sm text-muted">in {zone}</p>
          <Button
            type="submit"
            look="primary"
            size="sm"
            isDisabled={(first === null && last === null) || isBackwards}
          >
            Apply
          </Button>
        </div>
      </form>
    </div>
  );
}

function Spans({
  value,
  onChange,
}: {
  value: Period["range"];
  onChange: (period: Period) => void;
}): ReactElement {
  return (
    <ListBox
      aria-label="Time spans"
      autoFocus="first"
      items={choices}
      selectionMode="single"
      selectedKeys={value === undefined ? [] : [value]}
      onSelectionChange={(keys) => {
        const range = spans.find((span) => keys !== "all" && keys.has(span));
        if (range !== undefined) onChange({ range });
      }}
      className="shrink-0 outline-none max-sm:columns-2 sm:border-r sm:pr-2"
    >
      {(choice) => <ChoiceItem choice={choice} />}
    </ListBox>
  );
}

function Day({
  label,
  value,
  onChange,
}: {
  label: string;
  value: CalendarDate | null;
  onChange: (day: CalendarDate | null) => void;
}): ReactElement {
  return (
    <DateField
      value={value}
      onChange={onChange}
      granularity="day"
      shouldForceLeadingZeros
      className="flex flex-col gap-1"
    >
      <Label className={labelClass}>{label}</Label>
      <DateInput className={cx(inputClass, "flex items-center px-2 whitespace-nowrap")}>
        {(segment) => (
          <DateSegment
            segment={segment}
            className="tabular rounded-sm px-0.5 outline-none data-[focused]:bg-accent data-[focused]:text-on-accent data-[type=literal]:px-0"
          />
        )}
      </DateInput>
    </DateField>
  );
}

const arrowClass =
  "flex size-7 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink data-[disabled]:opacity-40 pointer-coarse:size-9";

function Month({
  value,
  max,
  onChange,
}: {
  value: { start: CalendarDate; end: CalendarDate } | null;
  max: CalendarDate;
  onChange: (start: CalendarDate, end: CalendarDate) => void;
}): ReactElement {
  return (
    <RangeCalendar
      aria-label="Days"
      value={value}
      maxValue={max}
      defaultFocusedValue={value?.end ?? max}
      onChange={({ start, end }) => {
        onChange(start, end);
      }}
    >
      <div className="flex items-center justify-between">
        <AriaButton slot="previous" className={arrowClass}>
          <ChevronLeft aria-hidden className="size-4" />
        </AriaButton>
        <CalendarHeading className="text-sm font-semibold" />
        <AriaButton slot="next" className={arrowClass}>
          <ChevronRight aria-hidden className="size-4" />
        </AriaButton>
      </div>
      <CalendarGrid
        weekdayStyle="short"
        className="w-full table-fixed text-sm [&_th]:text-xs [&_th]:text-muted"
      >
        {(date) => (
          <CalendarCell
            date={date}
            className="tabular flex h-7 items-center justify-center rounded-sm outline-none data-[disabled]:text-faint data-[focus-visible]:outline-2 data-[focus-visible]:-outline-offset-2 data-[focus-visible]:outline-accent data-[hovered]:bg-sunken data-[outside-month]:hidden data-[selected]:bg-accent-soft data-[selected]:text-accent-strong pointer-coarse:h-9"
          />
        )}
      </CalendarGrid>
    </RangeCalendar>
  );
}
