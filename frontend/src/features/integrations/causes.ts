import { upper } from "@/components/records/address";
import type { Choice } from "@/components/ui/choice";
import { sentenceCase } from "@/components/ui/format";
import type { graphql } from "@/graphql/graphql";

import { callCauses } from "./search";

const words: Record<string, string> = {
  NO_ID: "No click, player or transaction id",
  MACRO_NOT_FILLED: "Macro not filled in",
  UNKNOWN_CLICK: "Unknown click",
  OTHER_OPERATOR: "Click of another operator",
  OUTSIDE_WINDOW: "Outside the attribution window",
  NO_CLICK_BOUND: "No click known for the player",
  REPEAT: "Repeat",
  CLASH: "Clash",
  OVER_CAP: "Over a cap",
  OVERTAKEN: "Overtaken",
  REVERSAL: "Reversal",
  BAD_SIGNATURE: "Bad signature",
  BAD_TOKEN: "Bad token",
  BAD_ADDRESS: "Bad address",
  RATE_LIMITED: "Rate limited",
  BAD_FIELD: "Bad field",
  UNMAPPED_GOAL: "Unmapped goal",
  UNMAPPED_STATUS: "Unmapped status",
} satisfies Record<ReturnType<typeof graphql.scalar<"PostbackCause">>, string>;

/** A cause in words. */
export function causeInWords(cause: string): string {
  return words[cause] ?? sentenceCase(cause.replaceAll("_", " "));
}

/** The causes of calls, to filter by. */
export const causes: Choice[] = callCauses.map((id) => ({ id, label: causeInWords(upper(id)) }));
