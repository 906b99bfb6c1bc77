import { Link } from "@tanstack/react-router";
import { ArrowLeft, Megaphone, Plus } from "lucide-react";
import { type ReactElement, useEffect, useRef } from "react";

import { CopyLink } from "@/components/records/copy-link";
import { Button, buttonClass } from "@/components/ui/button";
import { plural } from "@/components/ui/format";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import type { ResultOf } from "@/graphql/graphql";

import type { CreateTracker } from "./mutations";

export type MadeTracker = NonNullable<ResultOf<typeof CreateTracker>["createTracker"]["tracker"]>;

/** How many links stand here; the others are found with their campaigns. */
const most = 12;

/** A tracker that was just made, and what comes next: its links, which carry its tokens. */
export function TrackerMade({
  tracker,
  onAnother,
}: {
  tracker: MadeTracker;
  onAnother: () => void;
}): ReactElement {
  const { name, sentTo, goals } = tracker;
  // The form is gone: the keyboard goes on where this page begins.
  const start = useRef<HTMLDivElement>(null);
  useEffect(() => {
    start.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div ref={start} tabIndex={-1} role="group" aria-label={`${name} was created`} className="outline-none">
      <PageHead
        title={name}
        aside={
          <Button icon={Plus} onPress={onAnother}>
            New tracker
          </Button>
        }
      >
        <span className="flex flex-wrap items-center gap-x-2">
          <Link to="/postbacks" className="link inline-flex items-center gap-1">
            <ArrowLeft aria-hidden className="size-3.5" />
            Postbacks
          </Link>
          <span>
            {plural(goals.length, "goal", "goals")} to {sentTo}
          </span>
        </span>
      </PageHead>
      <PageBody className="grid items-start lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Links tracker={tracker} />
        <Panel title="Goals" flush>
          <ul className="divide-y">
            {goals.map(({ goal, postbacks }) => (
              <li key={goal.id} className="px-4 py-2">
                <Link to="/postbacks/$id" params={{ id: postbacks[0]?.id ?? "" }} className="link">
                  {goal.name}
                </Link>
              </li>
            ))}
          </ul>
        </Panel>
      </PageBody>
    </div>
  );
}

function Links({ tracker }: { tracker: MadeTracker }): ReactElement {
  const { name, tokens, campaigns, defaultLinks } = tracker;
  const said = [tokens.param1, tokens.param2, tokens.param3].filter(
    (token) => token !== null && token !== "",
  );
  return (
    <Panel
      title="Next: its tracking links"
      aside={
        <Link to="/campaigns" className={buttonClass("primary", "sm")}>
          <Megaphone aria-hidden className="size-4" />
          Campaigns
        </Link>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-muted">
          {campaigns.length === 0
            ? `No campaign has ${name} yet: choose it when you create one, or on a campaign's page.`
            : `Put these links into ${name}.`}{" "}
          {said.length === 0
            ? "Pass its click id in param_1."
            : `${campaigns.length === 0 ? "Its links" : "They"} carry its ${said.length === 1 ? "token" : "tokens"} ${said.join(", ")}.`}
        </p>
        {campaigns.length > 0 && (
          <ul aria-label="Links" className="flex flex-col divide-y">
            {campaigns.slice(0, most).map((campaign) => (
              <li key={campaign.id} className="flex items-center gap-2 py-2">
                <span className="min-w-0 flex-1">
                  <Link to="/campaigns/$id" params={{ id: campaign.id }} className="link font-medium">
                    {campaign.name}
                  </Link>
                  <span translate="no" className="block font-mono text-sm break-all text-muted">
                    {campaign.link.urlWithToken}
                  </span>
                </span>
                <CopyLink link={campaign.link} tracker={name} what={`the link of ${campaign.name}`} />
              </li>
            ))}
          </ul>
        )}
        {campaigns.length > most && (
          <p className="text-muted">And {campaigns.length - most} more, under Campaigns.</p>
        )}
        {defaultLinks && (
          <p>
            <Link to="/links" className="link">
              Default tracking links
            </Link>
          </p>
        )}
      </div>
    </Panel>
  );
}
