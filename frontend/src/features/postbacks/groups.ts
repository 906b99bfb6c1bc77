interface Scoped {
  scope: "GLOBAL" | "OFFER" | "CAMPAIGN";
  offer: { id: string; name: string } | null;
  campaign: { id: string; name: string } | null;
}

export interface Group<P> {
  id: string;
  title: string;
  note: string;
  postbacks: P[];
}

/** Postbacks by where they fire: everywhere first, then offer by offer, then campaign by campaign. */
export function byScope<P extends Scoped>(postbacks: readonly P[]): Group<P>[] {
  const groups = new Map<string, Group<P>>();
  for (const postback of postbacks) {
    const place =
      postback.scope === "OFFER" ? postback.offer : postback.scope === "CAMPAIGN" ? postback.campaign : null;
    const id = `${postback.scope} ${place?.id ?? ""}`;
    let group = groups.get(id);
    if (!group) {
      group = {
        id,
        title: place?.name ?? "Global",
        note: { GLOBAL: "all campaigns", OFFER: "this offer", CAMPAIGN: "this campaign only" }[
          postback.scope
        ],
        postbacks: [],
      };
      groups.set(id, group);
    }
    group.postbacks.push(postback);
  }
  const rank = { GLOBAL: 0, OFFER: 1, CAMPAIGN: 2 };
  const scopeOf = (group: Group<P>) => rank[group.postbacks[0]?.scope ?? "GLOBAL"];
  return [...groups.values()].sort((a, b) => scopeOf(a) - scopeOf(b) || a.title.localeCompare(b.title));
}
