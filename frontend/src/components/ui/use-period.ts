import { use, useMemo } from "react";

import type * as Days from "./days";
import type { Period } from "./period";
import { useZone } from "./time";

type Module = typeof Days;

let loaded: Module | undefined;
let loading: Promise<Module> | undefined;

/** Calendars are large: a list that shows all times does without. */
export function loadDays(): Promise<Module> {
  loading ??= import("./days").then((days) => (loaded = days));
  return loading;
}

/** A period's moments in the user's zone. They stay as they are until another period is chosen. */
export function usePeriod({ range, from, to }: Period): Days.Moments {
  const zone = useZone();
  const isSet = range !== undefined || from !== undefined || to !== undefined;
  const days = isSet ? (loaded ?? use(loadDays())) : undefined;
  return useMemo(() => days?.momentsOf({ range, from, to }, zone) ?? {}, [days, range, from, to, zone]);
}
