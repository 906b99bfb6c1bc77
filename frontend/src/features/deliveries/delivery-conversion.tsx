import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { ClickFacts } from "@/components/records/click-facts";
import { DetailPart } from "@/components/records/detail-head";
import { StateBadge } from "@/components/ui/badge";
import { buttonClass } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { Money } from "@/components/ui/money";
import { ShortId } from "@/components/ui/short-id";
import { Time } from "@/components/ui/time";

import type { Delivery } from "./delivery-detail";

/** Where a delivery came from: its conversion, and the click of that. */
export function DeliveryConversion({
  conversion,
  status,
  isFirst,
}: {
  conversion: NonNullable<Delivery["conversion"]>;
  /** The status that the delivery sends. */
  status: Delivery["status"];
  /** It is the first of several that the delivery aggregates. */
  isFirst: boolean;
}): ReactElement {
  return (
    <>
      <DetailPart
        title={isFirst ? "First conversion" : "Conversion"}
        aside={
          <Link to="/conversions/$id" params={{ id: conversion.id }} className={buttonClass("quiet", "sm")}>
            Full history
          </Link>
        }
      >
        <Facts>
          <Fact name="Conversion id">
            <ShortId id={conversion.conversionId} what="conversion id" whole />
          </Fact>
          {conversion.transactionId !== null && (
            <Fact name="Transaction id">
              <ShortId id={conversion.transactionId} what="transaction id" whole />
            </Fact>
          )}
          <Fact name="Status at the time">
            <StateBadge state={status} plain />
          </Fact>
          <Fact name="Occurred">
            <Time at={conversion.occurredAt} form="full" />
          </Fact>
          <Fact name="Amount">
            <Money value={conversion.amount} />
          </Fact>
          <Fact name="Payout">
            <Money value={conversion.payout} />
          </Fact>
        </Facts>
      </DetailPart>

      <DetailPart title="Click">
        {conversion.click ? (
          <ClickFacts click={conversion.click} />
        ) : (
          <p className="text-muted">The click is no longer kept.</p>
        )}
      </DetailPart>
    </>
  );
}
