interface Counts {
  delivered: number;
  failed: number;
  waiting: number;
}

interface Watched {
  enabled: boolean;
  holdReason: string | null;
  health: Counts;
}

/** All postbacks of the last 24 hours together. */
export function totals(postbacks: readonly { health: Counts }[]): Counts {
  const sum = { delivered: 0, failed: 0, waiting: 0 };
  for (const { health } of postbacks) {
    sum.delivered += health.delivered;
    sum.failed += health.failed;
    sum.waiting += health.waiting;
  }
  return sum;
}

/** Held ones first, then those that fail, by how many are lost. */
export function needsAttention<P extends Watched>(postbacks: readonly P[]): P[] {
  return postbacks
    .filter((p) => p.holdReason !== null || (p.enabled && p.health.failed > 0))
    .sort(
      (a, b) =>
        Number(b.holdReason !== null) - Number(a.holdReason !== null) || b.health.failed - a.health.failed,
    );
}

interface Named {
  id: string;
  name: string;
}

/** A goal without a postback, and the campaigns that lack one. */
export interface Missing<G extends Named> {
  goal: G;
  campaigns: Named[];
}

/** One entry for each goal that has no postback somewhere, those that most campaigns lack first. */
export function missingByGoal<G extends Named>(
  campaigns: readonly (Named & { missingGoals: readonly G[] })[],
): Missing<G>[] {
  const byGoal = new Map<string, Missing<G>>();
  for (const campaign of campaigns) {
    for (const goal of campaign.missingGoals) {
      const missing = byGoal.get(goal.id) ?? { goal, campaigns: [] };
      missing.campaigns.push(campaign);
      byGoal.set(goal.id, missing);
    }
  }
  return [...byGoal.values()].sort((a, b) => b.campaigns.length - a.campaigns.length);
}
