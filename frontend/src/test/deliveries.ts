import type { Campaign, goals } from "./catalogue";
import type { Postback } from "./postbacks";

export type DeliveryState = "QUEUED" | "RETRYING" | "DELIVERED" | "FAILED" | "CANCELLED" | "HELD";

export const explanations: Record<DeliveryState, string> = {
  QUEUED: "Waits for its first attempt.",
  RETRYING: "Your tracker answered 503: it is overloaded or down. It is tried again.",
  DELIVERED: "Your tracker took it at the first attempt.",
  FAILED:
    "Your tracker answered 403, most often a firewall or a bot rule. It is not tried again by itself: let us in, then replay.",
  CANCELLED: "The postback was deleted before it could be sent.",
  HELD: "Your tracker does not answer at all. Deliveries wait until it does; none is lost.",
};
export type Conversion = {
  id: string;
  conversionId: string;
  goal: (typeof goals)[number];
  status: string;
  clickId: string;
  playerId: string;
  transactionId: string;
  click: { param1: string | null; conversions: unknown };
  events: unknown[];
  deliveries: unknown[];
};

export type Delivery = {
  id: string;
  deliveryId: string;
  state: DeliveryState;
  goal: (typeof goals)[number];
  campaign: Campaign | null;
  postback: Postback;
  conversion: Conversion;
  clickId: string;
  transactionId: string;
  host: string;
  sentTo: string;
  url: string | null;
  statusCode: number | null;
  durationMs: number | null;
  attemptCount: number;
  attempts: unknown[];
  nextAttemptAt: string | null;
  explanation: string;
  createdAt: string;
  deliveredAt: string | null;
  replayOf: unknown;
  supersededBy: Delivery | null;
  warning: string | null;
  click: { param1: string | null };
};
export interface Filter {
  states?: string[];
  goals?: string[];
  campaignIds?: string[];
  postbackIds?: string[];
  trackerIds?: string[];
  search?: string;
  superseded?: boolean;
  warning?: boolean;
  statusCodeFrom?: number;
  statusCodeTo?: number;
}

export function matches(delivery: Delivery, filter: Filter | null | undefined): boolean {
  if (!filter) return true;
  const {
    states,
    goals: keys,
    campaignIds,
    postbackIds,
    trackerIds,
    search,
    superseded,
    warning,
    statusCodeFrom,
    statusCodeTo,
  } = filter;
  const isSuperseded =
    delivery.supersededBy !== null && (delivery.state === "FAILED" || delivery.state === "CANCELLED");
  return (
    (superseded == null || superseded === isSuperseded) &&
    (warning == null || warning === (delivery.warning !== null)) &&
    (!states || states.includes(delivery.state)) &&
    (!keys || keys.includes(delivery.goal.key)) &&
    (!campaignIds || campaignIds.includes(delivery.campaign?.id ?? "")) &&
    (!postbackIds || postbackIds.includes(delivery.postback.id)) &&
    (!trackerIds || trackerIds.includes(delivery.postback.tracker?.id ?? "")) &&
    (statusCodeFrom == null || (delivery.statusCode ?? 0) >= statusCodeFrom) &&
    (statusCodeTo == null || (delivery.statusCode ?? 999) <= statusCodeTo) &&
    (!search ||
      delivery.host.includes(search) ||
      [
        delivery.deliveryId,
        delivery.clickId,
        delivery.conversion.conversionId,
        delivery.transactionId,
        delivery.click.param1,
      ].includes(search))
  );
}
