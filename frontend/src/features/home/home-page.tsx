import { lazy, type ReactElement, Suspense } from "react";

import { fromTheTop, PageBody, PageHead } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { useIsStaff } from "@/graphql/viewer";

import { Attention } from "./attention";
import { SetupChecklist } from "./checklist";
import { Latest } from "./latest";
import { Today } from "./today";

const StaffHome = lazy(() => import("./staff-home").then((m) => ({ default: m.StaffHome })));

/** What one wants to know in the morning: is anything wrong, how is the day, what is happening now. */
export function HomePage(): ReactElement {
  const isStaff = useIsStaff();
  return (
    <>
      <PageHead title="Home">
        {isStaff
          ? "What waits for you, today so far, and the latest activity."
          : "Today so far, and the latest activity."}
      </PageHead>
      <PageBody className={fromTheTop}>
        {isStaff && (
          <Suspense fallback={<SkeletonBlock label="Loading what waits" />}>
            <StaffHome />
          </Suspense>
        )}
        <Today />
        {!isStaff && <SetupChecklist />}
        {isStaff ? (
          <Latest />
        ) : (
          <div className={`${fromTheTop} grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_26rem]`}>
            <Latest />
            <Attention />
          </div>
        )}
      </PageBody>
    </>
  );
}
