import type { ReactElement } from "react";

import { Fact, Facts } from "@/components/ui/facts";
import { ShortId } from "@/components/ui/short-id";
import { Time } from "@/components/ui/time";
import { type FragmentOf, graphql, readFragment } from "@/graphql/graphql";

import { Param } from "./param";

export const ClickParts = graphql(`
  fragment ClickParts on Click {
    id
    clickId
    clickedAt
    param1
    param2
    param3
    deepLink
    country
    referrer
    userAgent
    offer {
      id
      name
    }
    campaign {
      id
      name
    }
    landingPage {
      id
      key
      name
    }
  }
`);

/** Everything that is known of a click. */
export function ClickFacts({ click: ref }: { click: FragmentOf<typeof ClickParts> }): ReactElement {
  const click = readFragment(ClickParts, ref);
  return (
    <Facts>
      <Fact name="Click id">
        <ShortId id={click.clickId} what="click id" whole />
      </Fact>
      <Fact name="Clicked">
        <Time at={click.clickedAt} form="full" />
      </Fact>
      <Fact name="Offer">{click.offer.name}</Fact>
      <Fact name="Campaign">{click.campaign?.name ?? "The offer's default link"}</Fact>
      <Fact name="param_1">
        <Param value={click.param1} />
      </Fact>
      <Fact name="param_2">
        <Param value={click.param2} />
      </Fact>
      <Fact name="param_3">
        <Param value={click.param3} />
      </Fact>
      <Fact name="Country">{click.country === "" ? "Unknown" : countryName(click.country)}</Fact>
      {click.landingPage && <Fact name="Landing page">{click.landingPage.name}</Fact>}
      {click.deepLink !== "" && (
        <Fact name="Deep link">
          <span className="font-mono text-sm break-all">{click.deepLink}</span>
        </Fact>
      )}
      {click.referrer !== "" && (
        <Fact name="Referrer">
          <span className="font-mono text-sm break-all">{click.referrer}</span>
        </Fact>
      )}
      <Fact name="User agent">
        <span className="text-sm break-words text-muted">{click.userAgent || "None sent"}</span>
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
