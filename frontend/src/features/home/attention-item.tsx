import { Link } from "@tanstack/react-router";
import { BellOff, BellRing, CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactElement, ReactNode } from "react";

import { ChooseCampaigns } from "@/components/records/crossed-trackers";
import { useAction } from "@/components/records/use-save";
import { IconButton } from "@/components/ui/button";
import { formatNumber } from "@/components/ui/format";
import { aboveRowLink, rowLinkClass } from "@/components/ui/table";
import { RelativeTime } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";

import { type AttentionItem, IgnoreAttention } from "./attention-query";

/** One cause of trouble, with the way to what solves it. */
export function Item({ item }: { item: AttentionItem }): ReactElement {
  const isError = item.severity === "ERROR";
  const Icon = isError ? CircleAlert : TriangleAlert;
  return (
    <li className="relative flex items-start gap-2.5 py-2.5 pr-2 pl-4 hover:bg-hover">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${isError ? "text-failed" : "text-retrying"}`} />
      <div className="min-w-0 flex-1">
        <Title item={item} />
        <p className="text-pretty text-muted">
          {item.message} {item.goal !== null && <Where item={item} />}
          {item.since !== null && <RelativeTime at={item.since} />}
        </p>
        {item.crossing !== null && (
          <p className="mt-2">
            <ChooseCampaigns of={item.crossing} />
          </p>
        )}
      </div>
      {item.crossing === null && (
        <span className={aboveRowLink}>
          <Ignore item={item} />
        </span>
      )}
    </li>
  );
}

function Title({ item }: { item: AttentionItem }): ReactNode {
  const { postback, goal, link, campaigns, campaignCount, crossing } = item;
  const [campaign] = campaigns;
  if (crossing !== null) {
    return (
      <p className="font-medium">
        {crossing.trackers.map(({ name }) => name).join(" and ")} get each other’s click ids
      </p>
    );
  }
  if (postback !== null) {
    return (
      <Link
        to="/postbacks/$id"
        params={{ id: postback.id }}
        search={{ tab: "health" }}
        className={rowLinkClass}
      >
        {postback.name || `${postback.goal.name} to ${postback.sentTo}`}
      </Link>
    );
  }
  if (goal !== null) {
    return (
      <Link
        to="/postbacks/new"
        search={{ goal: goal.key, ...(campaignCount === 1 && campaign && { campaign: campaign.id }) }}
        className={rowLinkClass}
      >
        {goal.name} has no postback in{" "}
        {campaignCount === 1 ? campaign?.name : `${formatNumber(campaignCount)} campaigns`}
      </Link>
    );
  }
  if (link !== null) {
    return (
      <Link to="/links" search={{ offer: link.offer.id }} className={rowLinkClass}>
        Default link of {link.offer.name}
      </Link>
    );
  }
  if (campaign === undefined) return null;
  return item.alert?.kind === "CLICKS_WITHOUT_PARAM" ? (
    <Link to="/links" search={{ campaign: campaign.id }} className={rowLinkClass}>
      {campaign.name}
    </Link>
  ) : (
    <Link to="/postbacks/new" search={{ campaign: campaign.id }} className={rowLinkClass}>
      {campaign.name}
    </Link>
  );
}

/** The campaigns that lack a goal, and what to do about it. */
function Where({ item: { campaigns, campaignCount } }: { item: AttentionItem }): ReactNode {
  if (campaignCount === 1) return "Add one, or ignore the goal.";
  const rest = campaignCount - campaigns.length;
  const names = campaigns.map((campaign) => campaign.name).join(", ");
  return `${names}${rest > 0 ? ` and ${formatNumber(rest)} more` : ""}: add one for all, or ignore the goal.`;
}

function Ignore({ item }: { item: AttentionItem }): ReactElement {
  const { isRunning, run } = useAction(IgnoreAttention, "ignoreAttention");
  const ignored = item.ignoredAt === null;
  return (
    <IconButton
      label={ignored ? `Ignore: ${whatItIs(item)}` : `Show again: ${whatItIs(item)}`}
      icon={ignored ? BellOff : BellRing}
      size="sm"
      isDisabled={isRunning}
      writes
      onPress={() => {
        void run({ id: item.id, ignored }).then((payload) => {
          if (payload) toast(ignored ? `Ignored ${whatItIs(item)}` : "Shown again");
        });
      }}
    />
  );
}

function whatItIs({ postback, goal, link, campaigns }: AttentionItem): string {
  if (postback !== null) return postback.name || `${postback.goal.name} to ${postback.sentTo}`;
  return goal?.name ?? link?.offer.name ?? campaigns[0]?.name ?? "this";
}
