import type { ReactElement } from "react";
import { useQuery } from "urql";

import { StateBadge } from "@/components/ui/badge";
import { Fact, Facts } from "@/components/ui/facts";
import { plural } from "@/components/ui/format";
import { Money } from "@/components/ui/money";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { Note } from "@/components/ui/states";
import { explain } from "@/graphql/client";
import { graphql, type ResultOf } from "@/graphql/graphql";

const PreviewQuery = graphql(`
  query StaffAttributionPreview($conversionId: ID!, $clickId: ID!) {
    attributionPreview(conversionId: $conversionId, clickId: $clickId) {
      cappedBy
      affiliate {
        id
        name
      }
      offer {
        id
        name
      }
      campaign {
        id
        name
      }
      payout {
        amount
        currency
      }
      postbacks {
        status
        fires
        reason
        postback {
          id
          name
          sentTo
          goal {
            id
            name
          }
        }
      }
    }
  }
`);

type Preview = NonNullable<ResultOf<typeof PreviewQuery>["attributionPreview"]>;

/** Whose a conversion becomes, what is paid for it and what fires: as it would be now, and nothing is changed. */
export function AttributionPreview({
  conversionId,
  clickId,
}: {
  conversionId: string;
  clickId: string;
}): ReactElement {
  const [{ data, error }] = useQuery({
    query: PreviewQuery,
    variables: { conversionId, clickId },
    requestPolicy: "network-only",
  });
  if (error) {
    return (
      <Note tone="failed" role="alert">
        {explain(error)}
      </Note>
    );
  }
  const preview = data?.attributionPreview;
  if (!preview) return <SkeletonBlock label="Loading what would happen" lines={4} />;
  const { affiliate, offer, campaign, payout, cappedBy, postbacks } = preview;
  const fire = postbacks.filter((p) => p.fires);
  return (
    <>
      <Facts>
        <Fact name="Affiliate">{affiliate.name}</Fact>
        <Fact name="Campaign">{campaign?.name ?? `Default link of ${offer.name}`}</Fact>
        <Fact name="Pays">
          {payout ? <Money value={payout} /> : "Nothing yet: no active deal, or no exchange rate"}
          {cappedBy !== "" && (
            <span className="block text-sm text-muted">
              The daily cap of the {cappedBy} is used up, so it pays nothing.
            </span>
          )}
          <span className="block text-sm text-muted">
            A CPA that this qualifies for is recorded as a conversion of its own.
          </span>
        </Fact>
        <Fact name="Fires">
          {fire.length === 0
            ? postbacks.length === 0
              ? "Nothing: the affiliate has no postback"
              : `Nothing: ${plural(postbacks.length, "postback was", "postbacks were")} considered, none matches`
            : plural(fire.length, "postback", "postbacks")}
        </Fact>
      </Facts>
      {fire.length > 0 && <Firing postbacks={fire} />}
    </>
  );
}

function Firing({ postbacks }: { postbacks: Preview["postbacks"] }): ReactElement {
  return (
    <ul aria-label="Postbacks that fire" className="mt-2 divide-y rounded-md border">
      {postbacks.map(({ postback, status }) => (
        <li
          key={`${postback.id} ${status}`}
          className="flex flex-wrap items-center justify-between gap-x-3 px-3 py-1.5"
        >
          <span className="min-w-0 break-words">
            {postback.name || postback.goal.name}{" "}
            <span translate="no" className="font-mono text-sm text-muted">
              {postback.sentTo}
            </span>
          </span>
          <StateBadge state={status} plain />
        </li>
      ))}
    </ul>
  );
}
