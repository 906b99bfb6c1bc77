import { GitCompareArrows } from "lucide-react";
import type { ReactElement } from "react";

import { ListFrame } from "@/components/records/list-page";
import { PagedListing } from "@/components/records/listing";
import { usePaged } from "@/components/records/use-paged";
import { PageHead } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";

import { ClashPanel } from "./clash-panel";
import { clashPages } from "./clashes";

/** Reports of a recorded transaction that name another click or player: staff decide what they are. */
export function ClashesPage(): ReactElement {
  const list = usePaged(clashPages, {});
  return (
    <ListFrame>
      <PageHead title="Clashes">
        Reports of a recorded transaction that name another click or player. Neither changes the other until
        you decide.
      </PageHead>
      <PagedListing
        what="The clashes"
        list={list}
        empty={{
          icon: GitCompareArrows,
          title: "Nothing to decide",
          words: "A report of a recorded transaction with another click or player waits here.",
        }}
      >
        {list.fetching && list.rows.length === 0 && <SkeletonBlock label="Loading the clashes" lines={8} />}
        <div className="flex flex-col gap-4 p-4">
          {list.rows.map((clash) => (
            <ClashPanel key={clash.id} clash={clash} onDecided={list.refetch} />
          ))}
        </div>
      </PagedListing>
    </ListFrame>
  );
}
