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
