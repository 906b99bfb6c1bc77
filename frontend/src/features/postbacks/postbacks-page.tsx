import { Link } from "@tanstack/react-router";
import { Plus, TriangleAlert, Webhook } from "lucide-react";
import type { ReactElement } from "react";

import { CrossedTrackers } from "@/components/records/crossed-trackers";
import { PagedListing } from "@/components/records/listing";
import { holdInWords } from "@/components/records/reasons";
import { usePaged } from "@/components/records/use-paged";
import { useAction } from "@/components/records/use-save";
import { Badge, stateWord } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { Note } from "@/components/ui/states";
import { Switch } from "@/components/ui/switch";
import { aboveRowLink, rowLinkClass } from "@/components/ui/table";
import { toast } from "@/components/ui/toast";
import { TemplateText } from "@/components/ui/url-text";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useIsStaff } from "@/graphql/viewer";

import { Gaps, GroupTitle } from "./gaps";
import { byScope } from "./groups";
import { HealthLine } from "./health";
import { PostbackParts, SetPostbackEnabled } from "./mutations";
import { Spark } from "./spark";

const PostbacksQuery = graphql(
  `
    query Postbacks($after: String) {
      postbacks(first: 100, after: $after) {
        edges {
          node {
            ...PostbackParts
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
      postbackGaps {
        campaign {
          id
          name
        }
        goal {
          id
          key
          name
        }
        conversions
      }
    }
  `,
  [PostbackParts],
);

const postbackPages = {
  query: PostbacksQuery,
  list: (data: ResultOf<typeof PostbacksQuery>) => data.postbacks,
};

type Postback = ResultOf<typeof PostbackParts>;

export function PostbacksPage(): ReactElement {
  const list = usePaged(postbackPages, {});
  const gaps = list.data?.postbackGaps ?? [];

  const create = (
    <Link to="/postbacks/new" className={buttonClass("primary")}>
      <Plus aria-hidden className="size-4" />
      New postback
    </Link>
  );

  return (
    <>
      <PageHead title="Postbacks" aside={create}>
        What is sent to your tracker, and the results of the last 24 hours.
      </PageHead>
      <PagedListing
        what="The postbacks"
        list={list}
        empty={{
          icon: Webhook,
          title: "No postbacks yet",
          words:
            "A postback calls your tracker the moment a player reaches a goal. Paste your tracker’s postback URL to start.",
          action: create,
        }}
      >
        {list.rows.length === 0 ? (
          <SkeletonBlock label="Loading the postbacks" lines={8} />
        ) : (
          <PageBody>
            <CrossedTrackers />
            {byScope(list.rows).map((group) => (
              <Panel key={group.id} title={<GroupTitle title={group.title} note={group.note} />} flush>
                <ul className="divide-y">
                  {group.postbacks.map((postback) => (
                    <Line key={postback.id} postback={postback} />
                  ))}
                </ul>
              </Panel>
            ))}
            {gaps.length > 0 && <Gaps gaps={gaps} />}
          </PageBody>
        )}
      </PagedListing>
    </>
  );
}

function Line({ postback }: { postback: Postback }): ReactElement {
  const isStaff = useIsStaff();
  const statuses = postback.statuses.map((s) => stateWord(s).toLowerCase()).join(", ");
  return (
    <li className="relative flex items-start gap-4 px-4 py-3 hover:bg-hover">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <Link to="/postbacks/$id" params={{ id: postback.id }} className={rowLinkClass}>
            {postback.goal.name}
          </Link>
          <span className="min-w-0 text-muted">
            {[
              isStaff && postback.affiliate.name,
              postback.name,
              statuses,
              postback.method === "POST" && "POST",
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
          {!postback.enabled && <Badge>Off</Badge>}
        </div>
        <TemplateText template={postback.urlTemplate} />
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Spark hours={postback.health.hours} />
          <HealthLine health={postback.health} />
        </div>
        {postback.holdReason !== null && (
          <Note tone="held" icon={TriangleAlert} className="mt-1">
            {holdInWords(postback.holdReason)}
          </Note>
        )}
      </div>
      <span className={aboveRowLink}>
        <OnOff postback={postback} />
      </span>
    </li>
  );
}

function OnOff({ postback }: { postback: Postback }): ReactElement {
  const { isRunning, run } = useAction(SetPostbackEnabled, "setPostbackEnabled");
  const name = postback.name || `${postback.goal.name} to ${postback.sentTo}`;

  const change = async (enabled: boolean) => {
    if (await run({ id: postback.id, enabled })) {
      toast(enabled ? `${name} fires again` : `${name} no longer fires`);
    }
  };

  return (
    <Switch
      writes
      aria-label={`${name} is on`}
      isSelected={postback.enabled}
      isDisabled={isRunning}
      onChange={(enabled) => void change(enabled)}
    />
  );
}
