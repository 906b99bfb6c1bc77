/** Spans of time with a name. The first count back from now, the others are whole days. */
export const spans = ["15m", "1h", "24h", "today", "yesterday", "7d", "30d", "month", "last-month"] as const;

export type Span = (typeof spans)[number];

/** What a list is narrowed to: a named span, or days from and to, both included, as 2026-11-30. */
export interface Period {
  range?: Span | undefined;
  from?: string | undefined;
  to?: string | undefined;
}
