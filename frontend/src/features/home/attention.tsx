import { Link } from "@tanstack/react-router";
import { CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { useQuery } from "urql";

import { holdInWords, reasonInWords } from "@/components/records/reasons";
import { formatNumber, plural } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/states";
import { rowLinkClass } from "@/components/ui/table";
import { RelativeTime } from "@/components/ui/time";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";

import { type Missing, missingByGoal, needsAttention, totals } from "./needs-attention";

const AttentionQuery = graphql(`
  query Attention {
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
            key
            name
          }
        }
      }
    }
  }
`);

/** Postbacks that fail or wait, goals without a postback, and how the last 24 hours went. */
export function Attention(): ReactElement {
  const [{ data, error }, refetch] = useQuery({
    query: AttentionQuery,
    requestPolicy: "cache-and-network",
  });
  if (!data) {
    return (
      <Panel title="Needs attention">
        {error ? (
          <ErrorState
            title="The postbacks could not be fetched"
            message={explain(error)}
            onRetry={() => {
              refetch({ requestPolicy: "network-only" });
            }}
          />
        ) : (
          <SkeletonBlock label="Loading what needs attention" />
        )}
      </Panel>
    );
  }
  const all = data.postbacks.edges.map((edge) => edge.node);
  const sum = totals(all);
  const postbacks = needsAttention(all);
  const day = (
    <p className="tabular border-t px-4 py-2.5 text-sm text-muted">
      In 24 hours {formatNumber(sum.delivered)} delivered, {formatNumber(sum.failed)} failed,{" "}
      {formatNumber(sum.waiting)} waiting.
    </p>
  );
  const gaps = missingByGoal(data.campaigns.edges.map((edge) => edge.node));
  if (postbacks.length === 0 && gaps.length === 0) {
    return (
      <Panel title="Needs attention" flush>
        <p className="flex items-start gap-2 px-4 py-3 text-muted">
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-delivered" />
          {all.length === 0
            ? "Nothing: there is no postback yet."
            : sum.delivered === 0
              ? "Nothing: no postback fired in the last 24 hours."
              : "Nothing: your tracker accepted every postback of the last 24 hours."}
        </p>
        {all.length > 0 && day}
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
        {gaps.map((missing) => (
          <Gap key={missing.goal.id} missing={missing} />
        ))}
      </ul>
      {day}
    </Panel>
  );
}

/** How many campaigns are named before the rest is a number. */
const named = 3;

/** A goal that campaigns lack: one postback for all of them, or one for the only one. */
function Gap({
  missing: { goal, campaigns },
}: {
  missing: Missing<{ id: string; key: string; name: string }>;
}): ReactElement {
  const [only, ...others] = campaigns;
  const names = campaigns.slice(0, named).map((campaign) => campaign.name);
  const rest = campaigns.length - names.length;
  return (
    <Item
      link={
        <Link
          to="/postbacks/new"
          search={{ goal: goal.key, ...(only && others.length === 0 && { campaign: only.id }) }}
          className={rowLinkClass}
        >
          {goal.name} has no postback in{" "}
          {others.length === 0 ? only?.name : `${formatNumber(campaigns.length)} campaigns`}
        </Link>
      }
    >
      {others.length === 0
        ? "Its conversions are not sent to your tracker: add one."
        : `${names.join(", ")}${rest > 0 ? ` and ${formatNumber(rest)} more` : ""}: add one for all.`}
    </Item>
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
