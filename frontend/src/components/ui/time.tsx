import { createContext, type ReactElement, useContext, useEffect, useState } from "react";

import { formatRelative, formatTime, formatUtc, type TimeForm } from "./format";

/** The user's time zone, as an IANA name; empty for the browser's own. */
export const ZoneContext = createContext("");

const browsersZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The IANA name of the zone that the user's days are of. */
export function useZone(): string {
  return useContext(ZoneContext) || browsersZone;
}

/** A moment in the user's zone; UTC in the tooltip. */
export function Time({ at, form = "short" }: { at: string; form?: TimeForm }): ReactElement {
  const zone = useContext(ZoneContext);
  const moment = new Date(at);
  // "time" is for today; whatever is older says its day too.
  const shown = form === "time" && !isToday(moment, zone) ? "short" : form;
  return (
    <time
      translate="no"
      dateTime={at}
      title={`${formatTime(moment, "full", zone)} · ${formatUtc(moment)}`}
      className="tabular whitespace-nowrap"
    >
      {formatTime(moment, shown, zone)}
    </time>
  );
}

function isToday(moment: Date, zone: string): boolean {
  return formatTime(moment, "day", zone) === formatTime(new Date(), "day", zone);
}

/** How long until, or since; keeps itself current. */
export function RelativeTime({ at }: { at: string }): ReactElement {
  const zone = useContext(ZoneContext);
  const [now, setNow] = useState(() => new Date());
  const moment = new Date(at);

  useEffect(() => {
    const near = Math.abs(new Date(at).getTime() - Date.now()) < 120_000;
    const timer = setInterval(
      () => {
        setNow(new Date());
      },
      near ? 1000 : 20_000,
    );
    return () => {
      clearInterval(timer);
    };
  }, [at]);

  return (
    <time
      dateTime={at}
      title={`${formatTime(moment, "full", zone)} · ${formatUtc(moment)}`}
      className="tabular whitespace-nowrap"
    >
      {formatRelative(moment, now)}
    </time>
  );
}
