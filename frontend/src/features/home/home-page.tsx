import type { ReactElement } from "react";

import { PageBody, PageHead } from "@/components/ui/page";
import { useIsStaff } from "@/graphql/viewer";

import { Attention } from "./attention";
import { SetupChecklist } from "./checklist";
import { Latest } from "./latest";
import { Today } from "./today";

/** What one wants to know in the morning: is anything wrong, how is the day, what is happening now. */
export function HomePage(): ReactElement {
  const isStaff = useIsStaff();
  return (
    <>
      <PageHead title="Home">Today so far, and the latest activity.</PageHead>
      <PageBody>
        <Today />
        {!isStaff && <SetupChecklist />}
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_26rem]">
          <Latest />
          <Attention />
        </div>
      </PageBody>
    </>
  );
}
