import { Link } from "@tanstack/react-router";
import { Send, TriangleAlert } from "lucide-react";

import { CopyLink } from "@/components/records/copy-link";
import { namesOf } from "@/components/records/trackers";
import { Badge, StateBadge } from "@/components/ui/badge";
import { cx } from "@/components/ui/cx";
import { formatNumber, plural } from "@/components/ui/format";
import { Sums } from "@/components/ui/money";
import { aboveRowLink, type Column, rowLinkClass } from "@/components/ui/table";
import { graphql, type ResultOf } from "@/graphql/graphql";

const CampaignsQuery = graphql(`
  query Campaigns($after: String, $timeZone: String, $archived: Boolean) {
    campaigns(first: 50, after: $after, filter: { archived: $archived }) {
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
          trackers {
            id
            name
            shares
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

/** The pages of campaigns, with the numbers of the last 30 days. */
export const campaignPages = {
  query: CampaignsQuery,
  list: (data: ResultOf<typeof CampaignsQuery>) => data.campaigns,
};

type Campaign = ResultOf<typeof CampaignsQuery>["campaigns"]["edges"][number]["node"];

const lead: Column<Campaign>[] = [
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
];

function offerColumn(isStaff: boolean): Column<Campaign> {
  return {
    id: "offer",
    header: isStaff ? "Affiliate and offer" : "Offer",
    cell: (row) => (
      <span className="text-muted">
        {isStaff && `${row.affiliate.name} · `}
        {row.offer.name}
      </span>
    ),
  };
}

/** `crossed` are the campaigns in which trackers meet, by id. */
function trackerColumn(crossed: ReadonlySet<string>): Column<Campaign> {
  return {
    id: "tracker",
    header: "Tracker",
    cell: ({ id, trackers }) => {
      if (trackers.length === 0) return <span className="text-muted max-md:hidden">None</span>;
      if (!crossed.has(id)) return <span className="text-muted">{namesOf(trackers)}</span>;
      return (
        <Badge tone="retrying" icon={TriangleAlert}>
          {namesOf(trackers)} meet
        </Badge>
      );
    },
  };
}

const facts: Column<Campaign>[] = [
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
          <CopyLink link={row.link} tracker={namesOf(row.trackers)} what={`the link of ${row.name}`} />
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

/** Staff see whose a campaign is. */
export function campaignColumns(isStaff: boolean, crossed: ReadonlySet<string>): Column<Campaign>[] {
  return [...lead, offerColumn(isStaff), trackerColumn(crossed), ...facts];
}
