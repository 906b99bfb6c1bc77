import { Link } from "@tanstack/react-router";
import { GitBranch, MousePointerClick, Radio } from "lucide-react";
import type { ReactElement } from "react";

import { buttonClass } from "@/components/ui/button";
import { CapToday } from "@/components/ui/cap-today";
import { Fact, Facts } from "@/components/ui/facts";
import { formatMoney, sentenceCase } from "@/components/ui/format";
import { Panel } from "@/components/ui/page";
import { Time } from "@/components/ui/time";
import { useIsStaff } from "@/graphql/viewer";

import type { Campaign } from "./one-campaign";

const models = { CPA: "CPA", CPL: "CPL", REVSHARE: "RevShare", HYBRID: "Hybrid" } as const;

function dealInWords(deal: NonNullable<Campaign["offer"]["deal"]>): string {
  const parts = [
    deal.amount &&
      `${formatMoney(deal.amount.amount, deal.amount.currency)} per ${deal.model === "CPL" ? "approved lead" : "qualified player"}`,
    deal.percent !== null && `${deal.percent} % of NGR`,
  ].filter(Boolean);
  return `${models[deal.model]}: ${parts.join(" and ")}`;
}

/** What a campaign promotes and how it is paid, and the ways to what it brought. */
export function AboutCampaign({ campaign }: { campaign: Campaign }): ReactElement {
  const isStaff = useIsStaff();
  const { offer } = campaign;
  return (
    <Panel title="Campaign">
      <Facts>
        {isStaff && <Fact name="Affiliate">{campaign.affiliate.name}</Fact>}
        <Fact name="Offer">{offer.name}</Fact>
        <Fact name="Operator">{offer.operator}</Fact>
        <Fact name="Vertical">{offer.vertical === "EWALLET" ? "eWallet" : sentenceCase(offer.vertical)}</Fact>
        <Fact name="Deal">{offer.deal ? dealInWords(offer.deal) : "No deal"}</Fact>
        {campaign.dailyCap !== null && (
          <Fact name="Daily cap (UTC)">
            <CapToday most={campaign.dailyCap} taken={campaign.usedToday} />
          </Fact>
        )}
        <Fact name="Created">
          <Time at={campaign.createdAt} />
        </Fact>
      </Facts>
      <Brought id={campaign.id} />
    </Panel>
  );
}

/** Its deliveries, conversions and clicks. */
function Brought({ id }: { id: string }): ReactElement {
  return (
    <div className="mt-4 flex flex-wrap gap-2 border-t pt-4">
      <Link to="/deliveries" search={{ campaign: id }} className={buttonClass("plain", "sm")}>
        <Radio aria-hidden className="size-4" />
        Deliveries
      </Link>
      <Link to="/conversions" search={{ campaign: id }} className={buttonClass("plain", "sm")}>
        <GitBranch aria-hidden className="size-4" />
        Conversions
      </Link>
      <Link to="/clicks" search={{ campaign: id }} className={buttonClass("plain", "sm")}>
        <MousePointerClick aria-hidden className="size-4" />
        Clicks
      </Link>
    </div>
  );
}
