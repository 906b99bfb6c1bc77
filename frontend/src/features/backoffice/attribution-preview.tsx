import type { ReactElement } from "react";
import { useQuery } from "urql";

import { FiringParts, FiringPostbacks } from "@/components/records/firing-postbacks";
import { Fact, Facts } from "@/components/ui/facts";
import { plural } from "@/components/ui/format";
import { GeneralError } from "@/components/ui/general-error";
import { Money } from "@/components/ui/money";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { explain } from "@/graphql/client";
import { graphql } from "@/graphql/graphql";

const PreviewQuery = graphql(
  `
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
          ...FiringParts
        }
      }
    }
  `,
  [FiringParts],
);

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
  if (error) return <GeneralError text={explain(error)} />;
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
          {cappedBy !== null && (
            <span className="block text-sm text-muted">
              The daily cap of the {cappedBy.toLowerCase()} is used up, so it pays nothing.
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
      {fire.length > 0 && <FiringPostbacks postbacks={fire} />}
    </>
  );
}
