import { CircleAlert, ListChecks } from "lucide-react";
import { lazy, type ReactElement, Suspense } from "react";
import { useQuery } from "urql";

import { DialogButton } from "@/components/ui/dialog-button";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { Note } from "@/components/ui/states";
import { useIsStaff } from "@/graphql/viewer";

import { CrossedQuery, type CrossingNames } from "./crossed-query";

const CrossedDialog = lazy(() => import("./crossed-dialog").then((m) => ({ default: m.CrossedDialog })));

/** The trackers that get each other's click ids, with what solves it; nothing where there are none. */
export function CrossedTrackers(): ReactElement | null {
  const isStaff = useIsStaff();
  const [{ data }] = useQuery({ query: CrossedQuery, requestPolicy: "cache-and-network" });
  const crossings = data?.crossedTrackers ?? [];
  if (crossings.length === 0) return null;
  return (
    <section aria-label="Crossed trackers" className="flex flex-col gap-2">
      {crossings.map((crossing) => (
        <Note key={crossing.trackers.map(({ id }) => id).join()} tone="failed" icon={CircleAlert}>
          <div className="flex flex-col items-start gap-2">
            <p>
              {isStaff && `${crossing.affiliate.name}: `}
              {crossing.message}
            </p>
            <ChooseCampaigns of={crossing} />
          </div>
        </Note>
      ))}
    </section>
  );
}

/** Opens the choice of campaigns for trackers that get each other's click ids. */
export function ChooseCampaigns({ of }: { of: CrossingNames }): ReactElement {
  return (
    <DialogButton
      label="Choose campaigns"
      title="Choose campaigns for each tracker"
      icon={ListChecks}
      size="sm"
      wide
      writes
      renderContent={(close) => (
        <Suspense fallback={<SkeletonBlock label="Loading the campaigns" />}>
          <CrossedDialog of={of} onClose={close} />
        </Suspense>
      )}
    />
  );
}
