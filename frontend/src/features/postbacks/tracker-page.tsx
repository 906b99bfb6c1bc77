import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { ArrowLeft, CircleHelp } from "lucide-react";
import type { ReactElement } from "react";
import { useQuery } from "urql";

import { Badge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { formatNumber } from "@/components/ui/format";
import { PageBody, PageHead } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { Tabs } from "@/components/ui/tabs";
import { toast } from "@/components/ui/toast";
import { explain } from "@/graphql/client";
import { useIsStaff } from "@/graphql/viewer";

import { DeliveriesTab } from "./deliveries-tab";
import { trackerTabs } from "./search";
import { ArchiveTracker } from "./archive-tracker";
import { SetUpTab } from "./tracker-set-up";
import { TestAllTab } from "./tracker-tests";
import { restored } from "./tracker-draft";
import { TrackerHealthTab } from "./tracker-health-tab";
import { type Tracker, TrackerQuery, type TrackerVersion } from "./tracker-parts";
import { Trouble } from "./tracker-row";
import { TrackerVersionsTab } from "./tracker-versions-tab";
import { campaignsInWords } from "./tracker-words";
import { useTrackerForm } from "./use-tracker-form";

const route = getRouteApi("/shell/trackers/$id");

export function TrackerPage(): ReactElement {
  const { id } = route.useParams();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: TrackerQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const node = data?.node;
  if (node && "versions" in node) return <Loaded key={node.id} tracker={node} />;
  if (error) {
    return (
      <ErrorState
        title="The tracker could not be fetched"
        message={explain(error)}
        onRetry={() => {
          refetch({ requestPolicy: "network-only" });
        }}
      />
    );
  }
  if (fetching) return <SkeletonBlock label="Loading the tracker" lines={8} />;
  return (
    <EmptyState
      icon={CircleHelp}
      title="There is no such tracker"
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

function Loaded({ tracker }: { tracker: Tracker }): ReactElement {
  const isStaff = useIsStaff();
  const isArchived = tracker.archivedAt !== null;
  return (
    <>
      <PageHead title={tracker.name} aside={<ArchiveTracker tracker={tracker} />}>
        <span className="flex flex-wrap items-center gap-2">
          <Link to="/postbacks" className="link inline-flex items-center gap-1">
            <ArrowLeft aria-hidden className="size-3.5" />
            Postbacks
          </Link>
          <span>
            {[
              isStaff && tracker.affiliate.name,
              tracker.sentTo !== tracker.name && tracker.sentTo,
              campaignsInWords(tracker, []),
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
          {isArchived && <Badge>Archived</Badge>}
        </span>
      </PageHead>
      <PageBody>
        <Trouble tracker={tracker} />
        <Parts tracker={tracker} isArchived={isArchived} />
      </PageBody>
    </>
  );
}

function Parts({ tracker, isArchived }: { tracker: Tracker; isArchived: boolean }): ReactElement {
  const { tab } = route.useSearch();
  const navigate = useNavigate();
  // Here, and not in its tab: whoever looks at another tab loses nothing.
  const form = useTrackerForm(tracker);
  const show = (next: string) => {
    const chosen = trackerTabs.find((t) => t === next);
    void navigate({
      to: "/trackers/$id",
      params: { id: tracker.id },
      search: chosen === undefined || chosen === "setup" ? {} : { tab: chosen },
      replace: true,
    });
  };
  const restore = (version: TrackerVersion) => {
    const hasSeveral = (key: string) =>
      tracker.goals.some(({ goal, postbacks }) => goal.key === key && postbacks.length > 1);
    form.set(restored(form.draft, version, hasSeveral));
    show("setup");
    toast(`Version ${String(version.number)} is in the form: save to restore it`);
  };
  const tabs = [
    { id: "setup", label: "Set-up", content: <SetUpTab tracker={tracker} form={form} /> },
    { id: "test", label: "Test", content: <TestAllTab tracker={tracker} form={form} /> },
    {
      id: "deliveries",
      label: "Deliveries",
      content: <DeliveriesTab of={{ tracker: tracker.id }} what="tracker" />,
    },
    {
      id: "versions",
      label: `Versions (${formatNumber(tracker.versions.length)})`,
      content: <TrackerVersionsTab tracker={tracker} onRestore={restore} />,
    },
    { id: "health", label: "Health", content: <TrackerHealthTab tracker={tracker} /> },
  ];
  const past = tabs.filter(({ id }) => id === "deliveries" || id === "versions");
  const shown = isArchived ? past : tabs;
  return (
    <Tabs
      label="Parts of the tracker"
      selected={shown.some(({ id }) => id === tab) ? (tab ?? "setup") : (shown[0]?.id ?? "setup")}
      onSelect={show}
      tabs={shown}
    />
  );
}
