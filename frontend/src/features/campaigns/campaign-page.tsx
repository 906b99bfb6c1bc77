import { getRouteApi, Link, useLocation } from "@tanstack/react-router";
import { ArrowLeft, CircleHelp, Link2 } from "lucide-react";
import { type ReactElement, useEffect, useRef } from "react";
import { useQuery } from "urql";

import { CopyLink } from "@/components/records/copy-link";
import { namesOf } from "@/components/records/trackers";
import { Badge, StateBadge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { explain } from "@/graphql/client";
import { useIsStaff } from "@/graphql/viewer";

import { AboutCampaign } from "./about-campaign";
import { ArchiveCampaign } from "./archive-campaign";
import { CampaignTracker } from "./campaign-tracker";
import { CampaignPostbacks } from "./campaign-postbacks";
import { Cap, Rename, RunSwitch } from "./change-campaign";
import { Numbers } from "./numbers";
import { type Campaign, CampaignQuery } from "./one-campaign";

const route = getRouteApi("/shell/campaigns/$id");

export function CampaignPage(): ReactElement {
  const { id } = route.useParams();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: CampaignQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const node = data?.node;
  if (node && "missingGoals" in node) return <Loaded campaign={node} />;
  if (error) {
    return (
      <ErrorState
        title="The campaign could not be fetched"
        message={explain(error)}
        onRetry={() => {
          refetch({ requestPolicy: "network-only" });
        }}
      />
    );
  }
  if (fetching) return <SkeletonBlock label="Loading the campaign" lines={8} />;
  return (
    <EmptyState
      icon={CircleHelp}
      title="There is no such campaign"
      action={
        <Link to="/campaigns" className={buttonClass()}>
          All campaigns
        </Link>
      }
    >
      It was deleted, or it belongs to another account.
    </EmptyState>
  );
}

function Loaded({ campaign }: { campaign: Campaign }): ReactElement {
  const isStaff = useIsStaff();
  const { hash } = useLocation();
  const panels = useRef<HTMLDivElement>(null);
  // Its postbacks were asked for: they stand below its numbers.
  useEffect(() => {
    if (hash === "postbacks") panels.current?.scrollIntoView({ block: "start" });
  }, [hash]);
  return (
    <>
      <PageHead
        title={campaign.name}
        aside={
          <span className="flex flex-wrap items-center gap-2">
            {campaign.archivedAt === null && <RunSwitch campaign={campaign} />}
            <ArchiveCampaign campaign={campaign} />
          </span>
        }
      >
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/campaigns" className="link inline-flex items-center gap-1">
            <ArrowLeft aria-hidden className="size-3.5" />
            Campaigns
          </Link>
          {campaign.archivedAt === null ? <StateBadge state={campaign.state} /> : <Badge>Archived</Badge>}
        </span>
      </PageHead>
      <PageBody className="grid items-start lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-4">
          <Numbers id={campaign.id} />
          <TrackingLink campaign={campaign} />
          <div ref={panels} id="postbacks" className="-mb-4 scroll-mt-4" />
          <CampaignPostbacks campaign={campaign} />
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <AboutCampaign campaign={campaign} />
          <CampaignTracker campaign={campaign} />
          <Rename key={campaign.name} campaign={campaign} />
          {isStaff && <Cap key={String(campaign.dailyCap)} campaign={campaign} />}
        </div>
      </PageBody>
    </>
  );
}

function TrackingLink({ campaign: { id, link, trackers } }: { campaign: Campaign }): ReactElement {
  return (
    <Panel
      title="Tracking link"
      aside={
        <Link to="/links" search={{ campaign: id }} className={buttonClass("quiet", "sm")}>
          <Link2 aria-hidden className="size-4" />
          Add params
        </Link>
      }
    >
      <div className="flex items-center gap-2">
        <span
          translate="no"
          className="min-w-0 flex-1 rounded-md border bg-sunken px-3 py-2 font-mono text-sm break-all"
        >
          {link.urlWithToken}
        </span>
        <CopyLink link={link} tracker={namesOf(trackers)} what="the tracking link" />
      </div>
      <p className="mt-2 text-muted">
        {link.url === link.urlWithToken
          ? "Pass your tracker's click id in param_1: without it, postbacks cannot be matched to a click in your tracker."
          : trackers.length === 0
            ? "With your tracker's click id in param_1."
            : `With the tokens of ${namesOf(trackers)}.`}
      </p>
    </Panel>
  );
}
