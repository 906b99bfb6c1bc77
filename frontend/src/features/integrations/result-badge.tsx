import type { ReactElement } from "react";

import { upper } from "@/components/records/address";
import { Badge, type Tone } from "@/components/ui/badge";
import type { Choice } from "@/components/ui/choice";
import { sentenceCase } from "@/components/ui/format";
import type { graphql } from "@/graphql/graphql";

import { callResults } from "./search";

type Look = readonly [string, Tone];

const looks: Record<string, Look> = {
  RECORDED: ["Recorded", "delivered"],
  UPDATED: ["Updated", "delivered"],
  DUPLICATE: ["Duplicate", "queued"],
  UNATTRIBUTED: ["Unattributed", "retrying"],
  UNMAPPED: ["Unmapped", "retrying"],
  CLASH: ["Clash", "retrying"],
  INVALID: ["Invalid", "failed"],
  UNAUTHORIZED: ["Unauthorized", "failed"],
  UNKNOWN_INTEGRATION: ["Unknown integration", "failed"],
  RATE_LIMITED: ["Rate limited", "retrying"],
  TEST: ["Test", "held"],
} satisfies Record<ReturnType<typeof graphql.scalar<"CallResult">>, Look>;

function wordAndTone(result: string): Look {
  return looks[result] ?? [sentenceCase(result.replaceAll("_", " ")), "queued"];
}

/** The results of calls, to filter by. */
export const results: Choice[] = callResults.map((id) => ({ id, label: wordAndTone(upper(id))[0] }));

/** What became of a call, in a word. */
export function ResultBadge({ result }: { result: string }): ReactElement {
  const [word, tone] = wordAndTone(result);
  return <Badge tone={tone}>{word}</Badge>;
}
