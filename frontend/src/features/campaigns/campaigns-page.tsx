import { Link, useNavigate } from "@tanstack/react-router";
import { Megaphone, Plus, Send } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useMutation } from "urql";

import { useAffiliateChoices } from "@/components/records/affiliate-choices";
import { CopyLink } from "@/components/records/copy-link";
import { useOfferChoices } from "@/components/records/offer-choices";
import { PagedListing } from "@/components/records/listing";
import { usePaged } from "@/components/records/use-paged";
import { Badge, StateBadge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ComboBox } from "@/components/ui/combo-box";
import { cx } from "@/components/ui/cx";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { Form } from "@/components/ui/form";
import { formatNumber, plural } from "@/components/ui/format";
import { Sums } from "@/components/ui/money";
import { PageHead } from "@/components/ui/page";
import { Note } from "@/components/ui/states";
import { aboveRowLink, type Column, rowLinkClass, Table } from "@/components/ui/table";
import { useZone } from "@/components/ui/time";
import { toast } from "@/components/ui/toast";
import { useUnsavedValues } from "@/components/ui/unsaved";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";
import { formErrors, noErrors } from "@/graphql/user-errors";
import { useIsStaff } from "@/graphql/viewer";

const CampaignsQuery = graphql(`
  query Campaigns($after: String, $timeZone: String) {
    campaigns(first: 50, after: $after) {
      edges {
        node {
          id
          name
          state
          affiliate {
            id
            name
          }
          offer {
            id
            name
            vertical
          }
          link {
            id
            url
            urlWithToken
          }
          postbackCount
          missingGoals {
            id
            name
          }
          numbers(timeZone: $timeZone) {
            total {
              clicks
              ftds
              payouts {
                amount
                currency
              }
            }
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);
const campaignPages = {
  query: CampaignsQuery,
  list: (data: ResultOf<typeof CampaignsQuery>) => data.campaigns,
};

const CreateCampaign = mutation(
  graphql(`
    mutation CreateCampaign($input: CreateCampaignInput!) {
      createCampaign(input: $input) {
        campaign {
          id
          name
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "campaigns",
  "postbackGaps",
  "offers",
);

type Campaign = ResultOf<typeof CampaignsQuery>["campaigns"]["edges"][number]["node"];

export function CampaignsPage(): ReactElement {
  const isStaff = useIsStaff();
  const timeZone = useZone();
  const [isCreating, setCreating] = useState(false);
  const list = usePaged(campaignPages, { timeZone });

  const columns: Column<Campaign>[] = [
    {
      id: "name",
      header: "Campaign",
      lead: true,
      cell: (row) => (
        <Link to="/campaigns/$id" params={{ id: row.id }} className={rowLinkClass}>
          {row.name}
        </Link>
      ),
    },
    { id: "state", header: "State", trail: true, cell: (row) => <StateBadge state={row.state} plain /> },
    {
      id: "offer",
      header: isStaff ? "Affiliate and offer" : "Offer",
      cell: (row) => (
        <span className="text-muted">
          {isStaff && `${row.affiliate.name} · `}
          {row.offer.name}
        </span>
      ),
    },
    {
      id: "link",
      header: "Tracking link",
      deskOnly: true,
      cell: (row) => (
        <span className="flex items-center gap-1">
          <span translate="no" className="truncate font-mono text-sm text-muted">
            {row.link.url}
          </span>
          <span className={aboveRowLink}>
            <CopyLink link={row.link} what={`the link of ${row.name}`} />
          </span>
        </span>
      ),
    },
    {
      id: "clicks",
      header: "Clicks",
      label: "Clicks",
      align: "right",
      nowrap: true,
      cell: (row) => <span className="tabular">{formatNumber(row.numbers.total.clicks)}</span>,
    },
    {
      id: "ftds",
      header: "FTDs",
      label: "FTDs",
      align: "right",
      nowrap: true,
      cell: (row) => <span className="tabular">{formatNumber(row.numbers.total.ftds)}</span>,
    },
    {
      id: "payout",
      header: "Payout",
      label: "Payout",
      align: "right",
      nowrap: true,
      cell: (row) => (
        <span className="tabular">
          <Sums of={row.numbers.total.payouts} />
        </span>
      ),
    },
    {
      id: "postbacks",
      header: "Postbacks",
      nowrap: true,
      cell: (row) => (
        <Link
          to="/campaigns/$id"
          params={{ id: row.id }}
          hash="postbacks"
          aria-label={`${plural(row.postbackCount, "postback fires", "postbacks fire")} for ${row.name}`}
          className={cx(aboveRowLink, "link tabular inline-flex items-center gap-1.5")}
        >
          <Send aria-hidden className="size-3.5" />
          {formatNumber(row.postbackCount)}
        </Link>
      ),
    },
    {
      id: "gaps",
      header: "Goals without a postback",
      cell: (row) =>
        row.missingGoals.length === 0 ? (
          <span className="text-muted max-md:hidden">None</span>
        ) : (
          <Badge tone="retrying">
            <span className="md:hidden">No postback for </span>
            {row.missingGoals.map((goal) => goal.name).join(", ")}
          </Badge>
        ),
    },
  ];

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
      <PagedListing
        what="The campaigns"
        list={list}
        empty={{
          icon: Megaphone,
          title: "No campaign yet",
          words:
            "A campaign tracks one traffic source separately: its own link, postbacks and numbers. Without one, use the offer’s default link.",
          action: create,
        }}
      >
        <Table
          label="Campaigns"
          columns={columns}
          rows={list.rows}
          rowId={(row) => row.id}
          loading={list.fetching && list.rows.length === 0}
        />
      </PagedListing>
      <Dialog
        title="New campaign"
        isOpen={isCreating}
        onClose={() => {
          setCreating(false);
        }}
      >
        <CreateForm isStaff={isStaff} />
      </Dialog>
    </>
  );
}

function CreateForm({ isStaff }: { isStaff: boolean }): ReactElement {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [offerId, setOfferId] = useState<string | null>(null);
  const offers = useOfferChoices(offerId);
  const [affiliateId, setAffiliateId] = useState<string | null>(null);
  const [errors, setErrors] = useState(noErrors);
  const [{ fetching }, create] = useMutation(CreateCampaign);
  const saved = useUnsavedValues({ name, offerId, affiliateId });

  const submit = async () => {
    if (offerId === null) {
      setErrors({ fields: { offerId: "Choose the offer that this campaign promotes." }, general: null });
      return;
    }
    const { data, error } = await create({
      input: { name, offerId, ...(affiliateId !== null && { affiliateId }) },
    });
    const campaign = data?.createCampaign.campaign;
    if (campaign) {
      saved();
      toast(`Created campaign ${campaign.name}`);
      await navigate({ to: "/campaigns/$id", params: { id: campaign.id } });
      return;
    }
    setErrors(
      error
        ? { fields: {}, general: explain(error) }
        : formErrors(data?.createCampaign.userErrors ?? [], ["name", "offerId", "affiliateId"]),
    );
  };

  return (
    <Form className="flex flex-col gap-4" onSubmit={() => void submit()}>
      {errors.general !== null && (
        <Note tone="failed" role="alert">
          {errors.general}
        </Note>
      )}
      <TextField
        label="Name"
        value={name}
        onChange={setName}
        placeholder="Facebook, Germany"
        isRequired
        autoFocus
        error={errors.fields["name"]}
      />
      {offers.choices.length > 0 && (
        <ComboBox
          label="Offer"
          {...offers}
          value={offerId}
          onChange={setOfferId}
          placeholder="Type to search"
          error={errors.fields["offerId"]}
        />
      )}
      {isStaff && (
        <AffiliateField value={affiliateId} onChange={setAffiliateId} error={errors.fields["affiliateId"]} />
      )}
      <div className="flex justify-end">
        <Button type="submit" look="primary" isPending={fetching}>
          Create campaign
        </Button>
      </div>
    </Form>
  );
}

function AffiliateField({
  value,
  onChange,
  error,
}: {
  value: string | null;
  onChange: (id: string | null) => void;
  error: string | undefined;
}): ReactElement {
  const affiliates = useAffiliateChoices(value);
  return (
    <ComboBox
      label="Affiliate"
      {...affiliates}
      placeholder="Type to search"
      value={value}
      onChange={onChange}
      error={error}
    />
  );
}
