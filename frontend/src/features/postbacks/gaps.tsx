import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import type { ReactElement } from "react";

import { buttonClass } from "@/components/ui/button";
import { plural } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";

/** A goal of a running campaign for which no postback fires. */
export interface Gap {
  campaign: { id: string; name: string };
  goal: { id: string; key: string; name: string };
  /** What was missed of late because of it. */
  conversions: number;
}

/** Campaign by campaign, in the order in which they come. */
function byCampaign(gaps: readonly Gap[]): { campaign: Gap["campaign"]; gaps: Gap[] }[] {
  const groups = new Map<string, { campaign: Gap["campaign"]; gaps: Gap[] }>();
  for (const gap of gaps) {
    const group = groups.get(gap.campaign.id) ?? { campaign: gap.campaign, gaps: [] };
    group.gaps.push(gap);
    groups.set(gap.campaign.id, group);
  }
  return [...groups.values()];
}

/** Goals of running campaigns that have no postback, those that cost the most first; each is a row to add. */
export function Gaps({ gaps }: { gaps: readonly Gap[] }): ReactElement {
  return (
    <Panel
      title={
        <>
          Gaps{" "}
          <span className="ml-1.5 text-sm font-normal text-muted">
            goals of active campaigns without a postback
          </span>
        </>
      }
      flush
    >
      <ul className="divide-y">
        {byCampaign(gaps).map((group) => {
          const missed = group.gaps.reduce((sum, gap) => sum + gap.conversions, 0);
          return (
            <li key={group.campaign.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2">
              <span className="min-w-40">
                <Link to="/campaigns/$id" params={{ id: group.campaign.id }} className="link font-medium">
                  {group.campaign.name}
                </Link>
                {missed > 0 && (
                  <span className="block text-sm text-retrying">
                    {plural(missed, "conversion", "conversions")} in 30 days not sent to your tracker
                  </span>
                )}
              </span>
              <span className="flex flex-wrap gap-1.5">
                {group.gaps.map(({ goal, conversions }) => (
                  <Link
                    key={goal.id}
                    to="/postbacks/new"
                    search={{ campaign: group.campaign.id, goal: goal.key }}
                    className={buttonClass("plain", "sm")}
                  >
                    <Plus aria-hidden className="size-3.5" />
                    {goal.name} <span className="sr-only">for {group.campaign.name}</span>
                    {conversions > 0 && <span className="tabular text-retrying">{conversions}</span>}
                  </Link>
                ))}
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
