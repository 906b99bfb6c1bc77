import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { buttonClass } from "@/components/ui/button";
import { Note } from "@/components/ui/states";

/** What was wrong with a request that the tracker may have accepted, and where it is put right. */
export function Warning({
  sentence,
  campaignId,
}: {
  sentence: string;
  /** Undefined for a click over a default link. */
  campaignId: string | undefined;
}): ReactElement {
  return (
    <Note tone="retrying" className="mt-2">
      <span className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="min-w-60 flex-1">{sentence}</span>
        <Link
          to="/links"
          search={campaignId === undefined ? {} : { campaign: campaignId }}
          className={buttonClass("plain", "sm")}
        >
          {campaignId === undefined ? "Open your tracking links" : "Build this campaign’s link"}
        </Link>
      </span>
    </Note>
  );
}
