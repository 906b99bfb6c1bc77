import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { GitCompareArrows } from "lucide-react";
import type { ReactElement } from "react";

import { ListFrame } from "@/components/records/list-page";
import { PagedListing } from "@/components/records/listing";
import { usePaged } from "@/components/records/use-paged";
import { PageHead } from "@/components/ui/page";
import { Segmented } from "@/components/ui/segmented";
import { SkeletonBlock } from "@/components/ui/skeleton";

import { ClashPanel } from "./clash-panel";
import { clashPages } from "./clashes";

const route = getRouteApi("/shell/staff/clashes");

const nothing = {
  waiting: {
    icon: GitCompareArrows,
    title: "Nothing to decide",
    words: "A report of a recorded transaction with another click or player waits here.",
  },
  decided: {
    icon: GitCompareArrows,
    title: "Nothing is decided yet",
    words: "What you decide about clashes is kept here, with who decided it.",
  },
};

/** Reports of a recorded transaction that name another click or player: staff decide what they are. */
export function ClashesPage(): ReactElement {
  const { show = "waiting" } = route.useSearch();
  const navigate = useNavigate();
  const list = usePaged(clashPages, { open: show === "waiting" });
  return (
    <ListFrame>
      <PageHead
        title="Clashes"
        aside={
          <Segmented
            label="Which clashes"
            hideLabel
            value={show}
            onChange={(chosen) => {
              const search = chosen === "decided" ? { show: chosen } : {};
              void navigate({ to: "/staff/clashes", search, replace: true });
            }}
            choices={[
              { id: "waiting", label: "Waiting" },
              { id: "decided", label: "Decided" },
            ]}
          />
        }
      >
        Reports of a recorded transaction that name another click or player. Neither changes the other until
        you decide, and what you decide cannot be undone.
      </PageHead>
      <PagedListing what="The clashes" list={list} empty={nothing[show]}>
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
