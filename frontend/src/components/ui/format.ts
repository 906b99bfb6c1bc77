// Numbers, sums, times and ids as people read them. Nothing here knows React.

const numbers = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function formatNumber(value: number): string {
  return numbers.format(value);
}

export function formatPercent(share: number): string {
  return new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 }).format(share);
}

/** The currencies that Intl knows: another code, a coin's for example, it would round to two places. */
const known = new Set(Intl.supportedValuesOf("currency"));
const plain = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 8 });

/** Money comes as a decimal string; Intl takes it as one, so no digit is lost on the way. Not by narrow symbols: $ is several currencies'. */
export function formatMoney(amount: string, currency: string): string {
  const value = amount as Intl.StringNumericLiteral;
  if (!known.has(currency)) return `${plain.format(value)} ${currency}`;
  return new Intl.NumberFormat("en", { style: "currency", currency }).format(value);
}

/** 38 ms, 1.24 s, 12 s, 3 min: as many digits as matter. */
export function formatDuration(ms: number): string {
  if (ms < 1) return "<1 ms";
  if (ms < 1000) return `${String(Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 60_000) return `${String(Math.round(ms / 1000))} s`;
  if (ms < 3_600_000) return `${String(Math.round(ms / 60_000))} min`;
  return `${String(Math.round(ms / 3_600_000))} h`;
}

/** The end of an id: UUIDv7s made in the same second differ only there. */
export function shortenId(id: string): string {
  return id.length > 13 ? `…${id.slice(-8)}` : id;
}

/** The end of a long id, which is where ids of one kind differ. */
export function endOfId(id: string): string {
  return id.length > 13 ? `…${id.slice(-12)}` : id;
}

export type TimeForm = "time" | "hour" | "date" | "day" | "short" | "full";

const forms: Record<TimeForm, Intl.DateTimeFormatOptions> = {
  time: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  hour: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  date: { month: "short", day: "numeric" },
  day: { year: "numeric", month: "short", day: "numeric" },
  short: {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  },
  full: {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  },
};

const formatters = new Map<string, Intl.DateTimeFormat>();

/** `zone` is an IANA name, or empty for the browser's own. */
export function formatTime(at: Date, form: TimeForm, zone: string): string {
  const key = `${form} ${zone}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("en-GB", {
      ...forms[form],
      ...(zone === "" ? {} : { timeZone: zone }),
    });
    formatters.set(key, formatter);
  }
  return formatter.format(at);
}

export function formatUtc(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** How long until or since: "in 4 min", "2 h ago". */
export function formatRelative(at: Date, now: Date): string {
  const ms = at.getTime() - now.getTime();
  const size = Math.abs(ms);
  if (size < 1000) return "now";
  const [value, unit]: [number, string] =
    size < 60_000
      ? [Math.round(size / 1000), "s"]
      : size < 3_600_000
        ? [Math.round(size / 60_000), "min"]
        : size < 86_400_000
          ? [Math.round(size / 3_600_000), "h"]
          : [Math.round(size / 86_400_000), "d"];
  return ms > 0 ? `in ${String(value)} ${unit}` : `${String(value)} ${unit} ago`;
}

/** "Sportsbook" from "SPORTSBOOK". */
export function sentenceCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).toLowerCase();
}

/** "1 delivery", "3 deliveries". */
export function plural(count: number, one: string, many: string): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** "a", "a and b", "a, b and c"; or with another word before the last. */
export function listed(words: readonly string[], last = "and"): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1) ?? ""}`;
}
