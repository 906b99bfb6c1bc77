import type { ReactElement } from "react";

import type { Viewer } from "@/graphql/viewer";

import { HoldBanner } from "./hold";
import { LookingBanner } from "./view-as";

/** What stands over every page: that nothing leaves to trackers, and whose pages these are. */
export function Banners({ viewer }: { viewer: Viewer }): ReactElement {
  return (
    <>
      <HoldBanner mayResume={viewer.role === "ADMIN" && !viewer.looking} />
      {viewer.looking && <LookingBanner name={viewer.affiliate?.name ?? ""} />}
    </>
  );
}
