import type { ReactElement } from "react";

import { Badge } from "@/components/ui/badge";
import type { Choice } from "@/components/ui/choice";

const looks = {
  recorded: ["Recorded", "delivered"],
  updated: ["Updated", "delivered"],
  duplicate: ["Duplicate", "queued"],
  unattributed: ["Unattributed", "retrying"],
  invalid: ["Invalid", "failed"],
  unauthorized: ["Unauthorized", "failed"],
  unknown_integration: ["Unknown integration", "failed"],
  rate_limited: ["Rate limited", "retrying"],
  test: ["Test", "held"],
} as const;

function isResult(result: string): result is keyof typeof looks {
  return result in looks;
}

/** The results of calls, to filter by. */
export const results: Choice[] = Object.entries(looks).map(([id, [label]]) => ({ id, label }));

/** What became of a call, in a word. */
export function ResultBadge({ result }: { result: string }): ReactElement {
  if (!isResult(result)) return <Badge tone="queued">{result}</Badge>;
  const [word, tone] = looks[result];
  return <Badge tone={tone}>{word}</Badge>;
}
