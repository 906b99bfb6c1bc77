import {
  type CalendarDate,
  fromDate,
  parseDate,
  startOfMonth,
  toCalendarDate,
} from "@internationalized/date";

import type { Period, Span } from "./period";

// Days are of a zone: one may have 23 hours or 25, and may begin at one o'clock.

export const spanNames: Record<Span, string> = {
  "15m": "Last 15 minutes",
  "1h": "Last hour",
  "24h": "Last 24 hours",
  today: "Today",
  yesterday: "Yesterday",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  month: "This month",
  "last-month": "Last month",
};

const minutes: Partial<Record<Span, number>> = { "15m": 15, "1h": 60, "24h": 1440 };

/** The day that it is in the zone. */
export function dayOf(now: Date, zone: string): CalendarDate {
  return toCalendarDate(fromDate(now, zone));
}

interface Days {
  first?: CalendarDate;
  last?: CalendarDate;
}

/** The days of a period, both included; without a last one it goes on. */
export function daysOf({ range, from, to }: Period, zone: string, now: Date): Days {
  const today = dayOf(now, zone);
  switch (range) {
    case "today":
      return { first: today };
    case "yesterday": {
      const before = today.subtract({ days: 1 });
      return { first: before, last: before };
    }
    case "7d":
      return { first: today.subtract({ days: 6 }) };
    case "30d":
      return { first: today.subtract({ days: 29 }) };
    case "month":
      return { first: startOfMonth(today) };
    case "last-month": {
      const last = startOfMonth(today).subtract({ days: 1 });
      return { first: startOfMonth(last), last };
    }
    default: {
      const [first, last] = from !== undefined && to !== undefined && to < from ? [to, from] : [from, to];
      return {
        ...(first !== undefined && { first: parseDate(first) }),
        ...(last !== undefined && { last: parseDate(last) }),
      };
    }
  }
}

/** The moments from which, and before which, as the API takes them. */
export interface Moments {
  from?: string;
  to?: string;
}

export function momentsOf(period: Period, zone: string, now: Date = new Date()): Moments {
  const back = period.range && minutes[period.range];
  if (back !== undefined) return { from: new Date(now.getTime() - back * 60_000).toISOString() };
  const { first, last } = daysOf(period, zone, now);
  return {
    ...(first && { from: first.toDate(zone).toISOString() }),
    ...(last && { to: last.add({ days: 1 }).toDate(zone).toISOString() }),
  };
}

const format = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** "Last 7 days", "1–30 Nov 2026", "from 1 Nov 2026". */
export function nameOfPeriod({ range, from, to }: Period): string {
  if (range !== undefined) return spanNames[range];
  const day = (text: string) => new Date(`${text}T00:00:00Z`);
  if (from !== undefined && to !== undefined) {
    const [first, last] = [day(from), day(to)].sort((a, b) => a.getTime() - b.getTime());
    return first && last ? format.formatRange(first, last) : "";
  }
  if (from !== undefined) return `from ${format.format(day(from))}`;
  return to === undefined ? "" : `until ${format.format(day(to))}`;
}
