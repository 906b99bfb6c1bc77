import type { ReactElement } from "react";

import { Fact, Facts } from "@/components/ui/facts";
import { ShortId } from "@/components/ui/short-id";
import { Time } from "@/components/ui/time";

import type { ClickPartsData } from "./click-parts";
import { Param } from "./param";

/** Everything that is known of a click. */
export function ClickFacts({ click }: { click: ClickPartsData }): ReactElement {
  return (
    <Facts>
      <Fact name="Click id">
        <ShortId id={click.clickId} what="click id" whole />
      </Fact>
      <Fact name="Clicked">
        <Time at={click.clickedAt} form="full" />
      </Fact>
      {click.test && <Fact name="Test click">No report counts it.</Fact>}
      <Fact name="Offer">{click.offer.name}</Fact>
      <Fact name="Campaign">{click.campaign?.name ?? "The offer's default link"}</Fact>
      <Fact name="param_1">
        <Param value={click.param1} what="param_1" />
      </Fact>
      <Fact name="param_2">
        <Param value={click.param2} what="param_2" />
      </Fact>
      <Fact name="param_3">
        <Param value={click.param3} what="param_3" />
      </Fact>
      <Fact name="Country">{click.country === null ? "Unknown" : countryName(click.country)}</Fact>
      {click.landingPage && <Fact name="Landing page">{click.landingPage.name}</Fact>}
      {click.deepLink !== null && (
        <Fact name="Deep link">
          <span translate="no" className="font-mono text-sm break-all">
            {click.deepLink}
          </span>
        </Fact>
      )}
      {click.referrer !== null && (
        <Fact name="Referrer">
          <span translate="no" className="font-mono text-sm break-all">
            {click.referrer}
          </span>
        </Fact>
      )}
      <Fact name="User agent">
        <span className="text-sm break-words text-muted">{click.userAgent ?? "None sent"}</span>
      </Fact>
    </Facts>
  );
}

const countries = new Intl.DisplayNames(["en"], { type: "region" });

function countryName(code: string): string {
  try {
    return countries.of(code) ?? code;
  } catch {
    return code;
  }
}
