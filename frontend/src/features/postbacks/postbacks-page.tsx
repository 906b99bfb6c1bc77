import { Link } from "@tanstack/react-router";
import { Plus, TriangleAlert, Webhook } from "lucide-react";
import type { ReactElement } from "react";
import { useQuery } from "urql";

import { useArchived } from "@/components/records/archived";
import { CrossedTrackers } from "@/components/records/crossed-trackers";
import { PagedListing } from "@/components/records/listing";
import { holdInWords } from "@/components/records/reasons";
import { usePaged } from "@/components/records/use-paged";
import { Badge, stateWord } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { Note } from "@/components/ui/states";
import { aboveRowLink, rowLinkClass } from "@/components/ui/table";
import { TemplateText } from "@/components/ui/url-text";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useIsStaff } from "@/graphql/viewer";

import { ArchivedTrackers } from "./archived-trackers";
import { Gaps } from "./gaps";
import { HealthLine } from "./health";
import { PostbackParts } from "./mutations";
import { placeOf } from "./one-postback";
import { OnOff } from "./on-off";
import { Spark } from "./spark";
import { TrackerParts } from "./tracker-parts";
import { TrackerLine } from "./tracker-row";

const TrackersQuery = graphql(
  `
    query Trackers($after: String) {
      trackers(first: 50, after: $after) {
        edges {
          node {
            ...TrackerParts
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  `,
  [TrackerParts],
);

// What is not sent to any tracker that is known: a page of all is looked through.
const PostbacksQuery = graphql(
  `
    query Postbacks {
      postbacks(first: 100) {
        edges {
          node {
            ...PostbackParts
          }
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

const trackerPages = {
  query: TrackersQuery,
  list: (data: ResultOf<typeof TrackersQuery>) => data.trackers,
};

type Postback = ResultOf<typeof PostbackParts>;

export function PostbacksPage(): ReactElement {
  const { archived, choice } = useArchived();
  const create = (
    <Link to="/postbacks/new" className={buttonClass("primary")}>
      <Plus aria-hidden className="size-4" />
      New tracker
    </Link>
  );
  return (
    <>
      <PageHead title="Postbacks" aside={create}>
        What is sent to your trackers, and the results of the last 24 hours.
      </PageHead>
      <div className="px-4 pb-3">{choice}</div>
      {archived ? <ArchivedTrackers /> : <Current create={create} />}
    </>
  );
}

function Current({ create }: { create: ReactElement }): ReactElement {
  const list = usePaged(trackerPages, {});
  const [{ data, error }, refetch] = useQuery({
    query: PostbacksQuery,
    requestPolicy: "cache-and-network",
  });
  const gaps = data?.postbackGaps ?? [];
  const loose = (data?.postbacks.edges ?? []).map(({ node }) => node).filter((p) => p.tracker === null);
  const shown = {
    ...list,
    error: list.error ?? (list.isEmpty && !data ? error : undefined),
    isEmpty: list.isEmpty && data !== undefined && loose.length === 0,
    refetch: () => {
      list.refetch();
      refetch({ requestPolicy: "network-only" });
    },
  };

  return (
    <PagedListing
      what="The postbacks"
      list={shown}
      empty={{
        icon: Webhook,
        title: "No postbacks yet",
        words:
          "A postback calls your tracker the moment a player reaches a goal. Paste your tracker’s postback URL to start.",
        action: create,
      }}
    >
      {list.data === undefined ? (
        <SkeletonBlock label="Loading the trackers" lines={8} />
      ) : (
        <PageBody>
          <CrossedTrackers />
          {list.rows.length > 0 && (
            <Panel title="Trackers" flush>
              <ul aria-label="Trackers" className="divide-y">
                {list.rows.map((tracker) => (
                  <TrackerLine key={tracker.id} tracker={tracker} all={list.rows} />
                ))}
              </ul>
            </Panel>
          )}
          {loose.length > 0 && (
            <Panel title="Without a tracker" flush>
              <ul className="divide-y">
                {loose.map((postback) => (
                  <Line key={postback.id} postback={postback} />
                ))}
              </ul>
            </Panel>
          )}
          {gaps.length > 0 && <Gaps gaps={gaps} />}
        </PageBody>
      )}
    </PagedListing>
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
              placeOf(postback),
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
