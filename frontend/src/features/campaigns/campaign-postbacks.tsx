import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import type { ReactElement } from "react";

import { Badge, stateWord } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { Panel } from "@/components/ui/page";
import { TemplateText } from "@/components/ui/url-text";

import type { Campaign } from "./one-campaign";

/** The postbacks that fire for a campaign: its own, those that it inherits, and the goals that none fires for. */
export function CampaignPostbacks({ campaign }: { campaign: Campaign }): ReactElement {
  const { postbacks } = campaign;
  const inherited = campaign.firingPostbacks.filter(({ scope }) => scope !== "CAMPAIGN");
  return (
    <>
      <Panel
        title="Campaign postbacks"
        flush
        aside={
          <Link to="/postbacks/new" search={{ campaign: campaign.id }} className={buttonClass("quiet", "sm")}>
            <Plus aria-hidden className="size-4" />
            Add postback
          </Link>
        }
      >
        {postbacks.length === 0 ? (
          <p className="p-4 text-muted">
            {inherited.length === 0
              ? "No postback fires for this campaign: your tracker learns nothing of its conversions."
              : "None of its own: those below fire."}
          </p>
        ) : (
          <Postbacks of={postbacks} />
        )}
      </Panel>
      {inherited.length > 0 && (
        <Panel title="Also fire for this campaign" flush>
          <Postbacks of={inherited} />
        </Panel>
      )}
      {campaign.missingGoals.length > 0 && <MissingGoals campaign={campaign} />}
    </>
  );
}

function MissingGoals({ campaign }: { campaign: Campaign }): ReactElement {
  return (
    <Panel title="Goals without a postback" flush>
      <ul className="divide-y">
        {campaign.missingGoals.map((goal) => (
          <li key={goal.id} className="flex items-center gap-3 px-4 py-2">
            <div className="min-w-0 flex-1">
              <p className="font-medium">{goal.name}</p>
              <p className="text-muted">{goal.trigger}</p>
            </div>
            <Link
              to="/postbacks/new"
              search={{ campaign: campaign.id, goal: goal.key }}
              className={buttonClass("plain", "sm")}
            >
              <Plus aria-hidden className="size-4" />
              Add <span className="sr-only">postback for {goal.name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

type Fires = Campaign["postbacks"][number] | Campaign["firingPostbacks"][number];

function Postbacks({ of }: { of: readonly Fires[] }): ReactElement {
  return (
    <ul className="divide-y">
      {of.map((postback) => (
        <li key={postback.id} className="flex flex-col gap-1 px-4 py-2.5">
          <div className="flex flex-wrap items-center gap-2">
            <Link to="/postbacks/$id" params={{ id: postback.id }} className="link font-medium">
              {postback.name || postback.goal.name}
            </Link>
            <span className="text-muted">
              {postback.goal.name}, {postback.statuses.map((s) => stateWord(s).toLowerCase()).join(", ")}
            </span>
            {"scope" in postback && (
              <Badge>{postback.scope === "GLOBAL" ? "Global" : "All campaigns on the offer"}</Badge>
            )}
            {!postback.enabled && <Badge>Off</Badge>}
          </div>
          <TemplateText template={postback.urlTemplate} />
        </li>
      ))}
    </ul>
  );
}
