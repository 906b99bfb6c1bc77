import type { ReactElement } from "react";

import { PageBody, PageHead } from "@/components/ui/page";

import { FirePanel } from "./fire-panel";
import { ImportPanel } from "./import-panel";

export function DeskPage(): ReactElement {
  return (
    <>
      <PageHead title="Manual conversions">Conversions that the operator failed to report.</PageHead>
      <PageBody>
        <FirePanel />
        <ImportPanel />
      </PageBody>
    </>
  );
}
