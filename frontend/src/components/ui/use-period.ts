import { use } from "react";

import { useKept } from "@/history/entry";

import type * as Days from "./days";
import type { Period } from "./period";
import { useZone } from "./time";

type Module = typeof Days;

let loading: Promise<Module> | undefined;

/** Calendars are large: a list that shows all times does without. */
export function loadDays(): Promise<Module> {
  loading ??= import("./days");
  return loading;
}

/** Of nobody: moments are the same for everybody. */
const owner = {};

/** A period's moments in the user's zone. They stay as they are until another period is chosen, also for who comes back. */
export function usePeriod({ range, from, to }: Period): Days.Moments {
  const zone = useZone();
  const isSet = range !== undefined || from !== undefined || to !== undefined;
  const days = isSet ? use(loadDays()) : undefined;
  const name = `period ${JSON.stringify([days !== undefined, range, from, to, zone])}`;
  return useKept(owner, name, () => days?.momentsOf({ range, from, to }, zone) ?? {});
}
