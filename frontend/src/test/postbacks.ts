import { affiliate, ago, pick } from "./basics";
import { type Campaign, goals, offers } from "./catalogue";

export interface PostbackSpec {
  id: string;
  name: string;
  scope: "GLOBAL" | "OFFER" | "CAMPAIGN";
  goal: (typeof goals)[number];
  campaign: Campaign | null;
  offer: (typeof offers)[number] | null;
  urlTemplate: string;
  enabled: boolean;
  failed?: number;
  holdReason?: string | null;
}

function hostOf(url: string): string {
  return /^https?:\/\/([^/]+)/.exec(url)?.[1] ?? "";
}

/** As the server names it. */
function sentTo(url: string): string {
  return url.startsWith("https://go.postrider.example/echo/") ? "Echo tracker" : hostOf(url);
}

export function makePostback(spec: PostbackSpec) {
  const method = "GET";
  const version = (number: number) => ({
    __typename: "PostbackVersion",
    id: `${spec.id}v${String(number)}`,
    number,
    urlTemplate: spec.urlTemplate,
    method,
    statuses: ["APPROVED"],
    sendCorrections: false,
    enabled: spec.enabled,
    bodyRule: null,
    furtherGoals: [] as string[],
    aggregateSeconds: null as number | null,
    createdAt: ago(number === 2 ? 1e8 : 3e9),
    author: { __typename: "User", id: "U1", email: "anna@northstar.example" },
  });
  const failed = spec.failed ?? 0;
  return {
    __typename: "Postback",
    ...spec,
    affiliate,
    host: hostOf(spec.urlTemplate),
    sentTo: sentTo(spec.urlTemplate),
    tracker: null as { __typename: "Tracker"; id: string; name: string } | null,
    method,
    statuses: ["APPROVED"],
    sendCorrections: false,
    bodyRule: null as unknown,
    furtherGoals: [] as (typeof goals)[number][],
    aggregateSeconds: null as number | null,
    version: 2,
    versions: [version(2), version(1)],
    signingSecret: null,
    tests: [] as unknown[],
    holdReason: spec.holdReason ?? null,
    health: {
      delivered: spec.enabled ? 412 : 0,
      failed,
      waiting: failed > 0 ? 3 : 0,
      withoutClickId: 0,
      successRate: spec.enabled ? 412 / (412 + failed) : null,
      p50Ms: 38,
      p95Ms: 142,
      lastFailureAt: failed > 0 ? ago(240_000) : null,
      lastFailureReason: failed > 0 ? "SERVER_ERROR" : null,
      hours: Array.from({ length: 24 }, (_, i) => ({
        __typename: "PostbackHealthHour",
        at: ago((24 - i) * 3_600_000),
        delivered: spec.enabled ? i : 0,
        failed: i === 23 ? failed : 0,
      })),
    },
    endpoint: {
      address: /^https?:\/\/[^/]+/.exec(spec.urlTemplate)?.[0] ?? "",
      sentTo: sentTo(spec.urlTemplate),
      circuit: failed > 0 ? "OPEN" : "CLOSED",
      sentence: failed > 0 ? "It fails: what goes there is held." : "Deliveries go out as usual.",
      because: failed > 0 ? "SERVER_ERROR" : null,
      openedAt: failed > 0 ? ago(240_000) : null,
      probeAt: failed > 0 ? ago(-60_000) : null,
      waiting: failed > 0 ? 3 : 0,
      oldestWaitingAt: failed > 0 ? ago(230_000) : null,
      successRate: 0.98,
      p50Ms: 41,
      p95Ms: 150,
    },
    createdAt: ago(3e9),
    updatedAt: ago(1e8),
  };
}

export type Postback = ReturnType<typeof makePostback>;

const keitaro =
  "https://track.northstar.example/4f1c2ab/postback?subid={param_1}&status=sale&payout={payout}&currency={currency}&tid={conversion_id}";

export function makePostbacks(campaigns: readonly Campaign[]): Postback[] {
  const spec = (
    n: number,
    name: string,
    goal: number,
    scope: PostbackSpec["scope"],
    more: Partial<PostbackSpec> = {},
  ) =>
    makePostback({
      id: `P${String(n)}`,
      name,
      scope,
      goal: pick(goals, goal),
      campaign: null,
      offer: null,
      urlTemplate: keitaro,
      enabled: true,
      ...more,
    });
  return [
    spec(1, "Keitaro leads", 0, "GLOBAL", { urlTemplate: keitaro.replace("sale", "lead") }),
    spec(2, "Keitaro sales", 2, "GLOBAL"),
    spec(3, "", 3, "GLOBAL", {
      urlTemplate:
        "https://pb.voltrack.example/postback?cid={param_1}&payout={amount}&txid={conversion_id}&et={goal_id}",
      failed: 17,
    }),
    spec(4, "Casino team", 2, "OFFER", { offer: pick(offers, 0), enabled: false }),
    spec(5, "Telegram alert", 4, "CAMPAIGN", {
      campaign: pick(campaigns, 0),
      urlTemplate: "https://hooks.example/alert?text={goal_name}%20{payout|default:0}",
      holdReason: "GONE",
    }),
  ];
}

export interface PostbackInput {
  scope: PostbackSpec["scope"];
  campaignId?: string | null;
  offerId?: string | null;
  goals: string[];
  urlTemplate: string;
  name?: string;
  enabled?: boolean;
}
