import { Link } from "@tanstack/react-router";
import { ArrowRight, CircleCheck, Radio, TriangleAlert } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { useQuery } from "urql";

import { useLiveDeliveries } from "@/components/records/live-deliveries";
import type { DeliveryRowData } from "@/components/records/delivery-row";
import { holdInWords, reasonInWords } from "@/components/records/reasons";
import { StateBadge, StatusCode } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { formatNumber, formatPercent, plural } from "@/components/ui/format";
import { PageBody, PageHead, Panel } from "@/components/ui/page";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/states";
import { type Column, rowLinkClass, Table } from "@/components/ui/table";
import { RelativeTime, Time } from "@/components/ui/time";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";
import { useIsStaff } from "@/graphql/viewer";

import { needsAttention, totals } from "./attention";

const HomeQuery = graphql(`
  query Home {
    postbacks(first: 100) {
      edges {
        node {
          id
          name
          host
          enabled
          holdReason
          goal {
            id
            name
          }
          health {
            delivered
            failed
            waiting
            successRate
            lastFailureAt
            lastFailureReason
          }
        }
      }
    }
    campaigns(first: 100, filter: { states: [ACTIVE] }) {
      edges {
        node {
          id
          name
          missingGoals {
            id
          }
        }
      }
    }
  }
`);

export type HomePostback = ResultOf<typeof HomeQuery>["postbacks"]["edges"][number]["node"];

export function HomePage(): ReactElement {
  const [{ data, error }, refetch] = useQuery({ query: HomeQuery, requestPolicy: "cache-and-network" });
  return (
    <>
      <PageHead title="Home">The last 24 hours, and what is happening now.</PageHead>
      <PageBody>
        {error && !data ? (
          <ErrorState
            title="The numbers could not be fetched"
            message={explain(error)}
            onRetry={() => {
              refetch({ requestPolicy: "network-only" });
            }}
          />
        ) : (
          <Numbers postbacks={data?.postbacks.edges.map((edge) => edge.node) ?? null} />
        )}
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_26rem]">
          <Latest />
          {data && <Attention data={data} />}
        </div>
      </PageBody>
    </>
  );
}

function Numbers({ postbacks }: { postbacks: readonly HomePostback[] | null }): ReactElement {
  const sum = postbacks && totals(postbacks);
  const rate =
    sum && (sum.delivered + sum.failed === 0 ? null : sum.delivered / (sum.delivered + sum.failed));
  return (
    <dl className="grid grid-cols-2 divide-x divide-y rounded-md border bg-surface md:grid-cols-4 md:divide-y-0 max-md:[&>*:nth-child(odd)]:border-l-0 max-md:[&>*:nth-child(-n+2)]:border-t-0">
      <Figure name="Delivered" value={sum && formatNumber(sum.delivered)} />
      <Figure
        name="Failed"
        value={sum && formatNumber(sum.failed)}
        tone={sum && sum.failed > 0 ? "text-failed" : undefined}
      />
      <Figure
        name="Waiting"
        value={sum && formatNumber(sum.waiting)}
        tone={sum && sum.waiting > 0 ? "text-retrying" : undefined}
      />
      <Figure name="Success rate" value={sum && (rate === null ? "–" : formatPercent(rate ?? 0))} />
    </dl>
  );
}

function Figure({
  name,
  value,
  tone,
}: {
  name: string;
  value: string | null;
  tone?: string | undefined;
}): ReactElement {
  return (
    <div className="px-4 py-3">
      <dt className="text-sm text-muted">{name}</dt>
      <dd className={cx("tabular mt-0.5 text-2xl font-semibold tracking-tight", tone)}>
        {value ?? <Skeleton className="my-1.5 h-5 w-16" />}
      </dd>
    </div>
  );
}

function Latest(): ReactElement {
  const isStaff = useIsStaff();
  const live = useLiveDeliveries({}, true, 12);
  const columns: Column<DeliveryRowData>[] = [
    {
      id: "goal",
      header: "Goal",
      lead: true,
      cell: (row) => (
        <Link to="/deliveries/$id" params={{ id: row.id }} className={rowLinkClass}>
          {row.goal.name}
        </Link>
      ),
    },
    { id: "state", header: "State", cell: (row) => <StateBadge state={row.state} plain /> },
    {
      id: "campaign",
      header: isStaff ? "Affiliate and campaign" : "Campaign",
      cell: (row) => (
        <span className="text-muted">
          {isStaff && `${row.affiliate.name} · `}
          {row.campaign?.name ?? "Default link"}
        </span>
      ),
    },
    {
      id: "host",
      header: "Host",
      deskOnly: true,
      cell: (row) => <span className="font-mono text-sm text-muted">{row.host}</span>,
    },
    { id: "code", header: "Code", cell: (row) => <StatusCode code={row.statusCode} /> },
    {
      id: "time",
      header: "Queued",
      align: "right",
      trail: true,
      cell: (row) => (
        <span className="text-muted">
          <Time at={row.createdAt} form="time" />
        </span>
      ),
    },
  ];
  return (
    <Panel
      title="The last deliveries"
      flush
      aside={
        <Link to="/deliveries" className={buttonClass("quiet", "sm")}>
          All, live
          <ArrowRight aria-hidden className="size-4" />
        </Link>
      }
    >
      {live.status === "failed" ? (
        <ErrorState title="They could not be fetched" message={live.error ?? ""} onRetry={live.retry} />
      ) : live.status === "ready" && live.rows.length === 0 ? (
        <EmptyState
          icon={Radio}
          title="Nothing has been delivered yet"
          action={
            <>
              <Link to="/postbacks/new" className={buttonClass("primary")}>
                Create a postback
              </Link>
              <Link to="/links" className={buttonClass()}>
                Get a tracking link
              </Link>
            </>
          }
        >
          Tell us your tracker&apos;s postback URL, send a click through a tracking link, and the first
          delivery is here the moment the operator reports a conversion.
        </EmptyState>
      ) : (
        <Table
          label="The last deliveries"
          columns={columns}
          rows={live.rows.slice(0, 12)}
          rowId={(row) => row.id}
          loading={live.status === "loading"}
        />
      )}
    </Panel>
  );
}

function Attention({ data }: { data: ResultOf<typeof HomeQuery> }): ReactElement {
  const postbacks = needsAttention(data.postbacks.edges.map((edge) => edge.node));
  const gaps = data.campaigns.edges.map((edge) => edge.node).filter((c) => c.missingGoals.length > 0);
  if (postbacks.length === 0 && gaps.length === 0) {
    return (
      <Panel title="Needs attention">
        <p className="flex items-center gap-2 text-muted">
          <CircleCheck aria-hidden className="size-4 shrink-0 text-delivered" />
          Nothing: every postback that fired in the last 24 hours was taken.
        </p>
      </Panel>
    );
  }
  return (
    <Panel title="Needs attention" flush>
      <ul className="divide-y">
        {postbacks.map((postback) => (
          <Item
            key={postback.id}
            link={
              <Link
                to="/postbacks/$id"
                params={{ id: postback.id }}
                search={{ tab: "health" }}
                className={rowLinkClass}
              >
                {postback.name || `${postback.goal.name} to ${postback.host}`}
              </Link>
            }
          >
            {postback.holdReason !== null ? (
              holdInWords(postback.holdReason)
            ) : (
              <>
                {plural(postback.health.failed, "delivery", "deliveries")} failed
                {postback.health.lastFailureAt !== null && (
                  <>
                    , last <RelativeTime at={postback.health.lastFailureAt} />
                  </>
                )}
                {postback.health.lastFailureReason !== null &&
                  `: ${reasonInWords(postback.health.lastFailureReason)}`}
              </>
            )}
          </Item>
        ))}
        {gaps.map((campaign) => (
          <Item
            key={campaign.id}
            link={
              <Link to="/campaigns/$id" params={{ id: campaign.id }} className={rowLinkClass}>
                {campaign.name}
              </Link>
            }
          >
            {plural(campaign.missingGoals.length, "goal has", "goals have")} no postback: your tracker does
            not hear of
            {campaign.missingGoals.length === 1 ? " it" : " them"}.
          </Item>
        ))}
      </ul>
    </Panel>
  );
}

function Item({ link, children }: { link: ReactNode; children: ReactNode }): ReactElement {
  return (
    <li className="relative flex items-start gap-2.5 px-4 py-2.5 hover:bg-hover">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-retrying" />
      <div className="min-w-0">
        {link}
        <p className="text-muted">{children}</p>
      </div>
    </li>
  );
}
