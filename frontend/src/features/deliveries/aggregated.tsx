import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { DetailPart } from "@/components/records/detail-head";
import { plural } from "@/components/ui/format";
import { Money } from "@/components/ui/money";
import { ShortId } from "@/components/ui/short-id";
import { Time } from "@/components/ui/time";

import type { Delivery } from "./delivery-detail";

/** The conversions of one click that the request tells of. */
export function Aggregated({ aggregated }: { aggregated: Delivery["aggregated"] }): ReactElement {
  const told = aggregated.filter(({ leftAt }) => leftAt === null).length;
  return (
    <DetailPart title={`${plural(told, "conversion", "conversions")} aggregated`}>
      <ul aria-label="Aggregated conversions" className="flex flex-col divide-y rounded-md border">
        {aggregated.map(({ conversion, event, leftAt }) => (
          <li key={conversion.id} className="flex flex-wrap items-center gap-x-3 gap-y-0.5 px-3 py-2">
            <Link to="/conversions/$id" params={{ id: conversion.id }} className="link">
              {conversion.goal.name}
            </Link>
            <ShortId id={conversion.conversionId} what="conversion id" />
            {leftAt === null ? (
              <Money value={event.amount} />
            ) : (
              <span className="text-muted">
                removed <Time at={leftAt} />: its status changed
              </span>
            )}
          </li>
        ))}
      </ul>
    </DetailPart>
  );
}
