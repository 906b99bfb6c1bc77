import { Megaphone, Plus } from "lucide-react";
import { type ReactElement, useState } from "react";

import { useArchived } from "@/components/records/archived";
import { FilterBar } from "@/components/records/list-page";
import { PagedListing } from "@/components/records/listing";
import { usePaged } from "@/components/records/use-paged";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { PageHead } from "@/components/ui/page";
import { Table } from "@/components/ui/table";
import { useZone } from "@/components/ui/time";
import { useIsStaff } from "@/graphql/viewer";

import { campaignColumns, campaignPages } from "./campaign-columns";
import { useCrossings } from "./crossings";
import { CreateCampaignForm } from "./create-campaign";

export function CampaignsPage(): ReactElement {
  const isStaff = useIsStaff();
  const timeZone = useZone();
  const crossed = new Set(useCrossings().keys());
  const { archived, choice } = useArchived();
  const list = usePaged(campaignPages, { timeZone, archived });

  const [isCreating, setCreating] = useState(false);
  const create = (
    <Button
      writes
      look="primary"
      icon={Plus}
      onPress={() => {
        setCreating(true);
      }}
    >
      New campaign
    </Button>
  );

  return (
    <>
      <PageHead title="Campaigns" aside={create}>
        Each campaign promotes one offer through its own tracking link. Numbers for the last 30 days.
      </PageHead>
      <FilterBar>{choice}</FilterBar>
      <PagedListing
        key={String(archived)}
        what="The campaigns"
        list={list}
        empty={
          archived
            ? { icon: Megaphone, title: "No archived campaign", words: "Archive a campaign on its page." }
            : {
                icon: Megaphone,
                title: "No campaign yet",
                words:
                  "A campaign tracks one traffic source separately: its own link, postbacks and numbers. Without one, use the offer’s default link.",
                action: create,
              }
        }
      >
        <Table
          label="Campaigns"
          columns={campaignColumns(isStaff, crossed)}
          rows={list.rows}
          rowId={(row) => row.id}
          loading={list.fetching && list.rows.length === 0}
        />
      </PagedListing>
      {/* Not in the empty list: it goes with the first campaign, and the form stays for the next. */}
      <Dialog
        title="New campaign"
        isOpen={isCreating}
        onClose={() => {
          setCreating(false);
        }}
      >
        <CreateCampaignForm isStaff={isStaff} />
      </Dialog>
    </>
  );
}
