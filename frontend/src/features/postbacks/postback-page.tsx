import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, CircleHelp, TriangleAlert } from "lucide-react";
import type { ReactElement } from "react";
import { useQuery } from "urql";

import { holdInWords } from "@/components/records/reasons";
import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { formatNumber } from "@/components/ui/format";
import { PageBody, PageHead } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, Note } from "@/components/ui/states";
import { Tabs } from "@/components/ui/tabs";
import { explain } from "@/graphql/client";

import { DeletePostback } from "./delete-postback";
import { DeliveriesTab } from "./deliveries-tab";
import { EditTab } from "./edit-tab";
import { HealthTab } from "./health-tab";
import { placeOf, type Postback, PostbackQuery } from "./one-postback";
import { postbackTabs } from "./search";
import { TestTab } from "./test-tab";
import { useEdited } from "./use-edited";
import { VersionsTab } from "./versions-tab";

const route = getRouteApi("/shell/postbacks/$id");

export function PostbackPage(): ReactElement {
  const { id } = route.useParams();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: PostbackQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const node = data?.node;
  if (node && "versions" in node) return <Loaded key={node.id} postback={node} />;
  if (error) {
    return (
      <ErrorState
        title="The postback could not be fetched"
        message={explain(error)}
        onRetry={() => {
          refetch({ requestPolicy: "network-only" });
        }}
      />
    );
  }
  if (fetching) return <SkeletonBlock label="Loading the postback" lines={8} />;
  return (
    <EmptyState
      icon={CircleHelp}
      title="There is no such postback"
      action={
        <Link to="/postbacks" className={buttonClass()}>
          All postbacks
        </Link>
      }
    >
      It was deleted, or it belongs to another account.
    </EmptyState>
  );
}

function Loaded({ postback }: { postback: Postback }): ReactElement {
  const { tab } = route.useSearch();
  const navigate = useNavigate();
  // Here, and not in its tab: whoever looks at another tab loses nothing.
  const edited = useEdited(postback);
  return (
    <>
      <PageHead
        title={postback.name || `${postback.goal.name} to ${postback.sentTo}`}
        aside={<DeletePostback postback={postback} />}
      >
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/postbacks" className="link inline-flex items-center gap-1">
            <ArrowLeft aria-hidden className="size-3.5" />
            Postbacks
          </Link>
          <span>
            {postback.goal.name} in {placeOf(postback)}
          </span>
          {postback.tracker !== null && (
            <span>
              of{" "}
              <Link to="/trackers/$id" params={{ id: postback.tracker.id }} className="link">
                {postback.tracker.name}
              </Link>
            </span>
          )}
          {!postback.enabled && <Badge>Off</Badge>}
        </span>
      </PageHead>
      <PageBody>
        {postback.holdReason !== null && (
          <Note tone="held" icon={TriangleAlert}>
            {holdInWords(postback.holdReason)}
          </Note>
        )}
        <Tabs
          label="Parts of the postback"
          selected={tab ?? "edit"}
          onSelect={(next) => {
            const chosen = postbackTabs.find((t) => t === next);
            void navigate({
              to: "/postbacks/$id",
              params: { id: postback.id },
              search: chosen === undefined || chosen === "edit" ? {} : { tab: chosen },
              replace: true,
            });
          }}
          tabs={[
            { id: "edit", label: "Edit", content: <EditTab postback={postback} edited={edited} /> },
            { id: "test", label: "Test", content: <TestTab postback={postback} /> },
            {
              id: "deliveries",
              label: "Deliveries",
              content: <DeliveriesTab of={{ postback: postback.id }} what="postback" />,
            },
            {
              id: "versions",
              label: `Versions (${formatNumber(postback.versions.length)})`,
              content: <VersionsTab postback={postback} />,
            },
            { id: "health", label: "Health", content: <HealthTab postback={postback} /> },
          ]}
        />
      </PageBody>
    </>
  );
}
