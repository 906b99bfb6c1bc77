import { readFileSync } from "node:fs";
import { join } from "node:path";

import {
  buildSchema,
  execute,
  type ExecutionResult,
  type GraphQLSchema,
  Kind,
  parse,
  validate,
} from "graphql";

// A small network of affiliates to test against: the real schema, with plain data behind it. What a page asks for is
// validated and executed as the server would, so a query that the schema does not know fails the test.

const golden = join(import.meta.dirname, "../../../graph/schema.graphql");

let schema: GraphQLSchema | undefined;

function theSchema(): GraphQLSchema {
  schema ??= buildSchema(readFileSync(golden, "utf8"));
  return schema;
}

/** Where the world's clock stands. */
export const now = Date.parse("2026-06-12T10:00:00Z");

const ago = (ms: number) => new Date(now - ms).toISOString();

/** 32 hex digits that sort by time, like the server's. */
export function hexId(at: number, n: number): string {
  return `${at.toString(16).padStart(12, "0")}7${n.toString(16).padStart(19, "0")}`;
}

const usd = (amount: string) => ({ amount, currency: "USD" });

const affiliate = { __typename: "Affiliate", id: "A1", name: "North Star Media", createdAt: ago(9e9) };

export type Role = "ADMIN" | "MANAGER" | "AFFILIATE";

const statuses = ["PENDING", "APPROVED", "REJECTED", "CANCELLED"];

const goalSpecs = [
  ["registration", "Registration", "A player opens an account", true],
  ["kyc", "KYC approved", "A player's documents are accepted", true],
  ["ftd", "First Time Deposit", "A player deposits for the first time", true],
  ["deposit", "Deposit", "A player deposits again", false],
  ["cpa", "CPA", "A player qualifies for the deal", true],
  ["net_revenue", "Net revenue", "The operator reports what a player brought", false],
] as const;

export const goals = goalSpecs.map(([key, name, trigger, oncePerPlayer], i) => ({
  __typename: "Goal",
  id: `G${String(i + 1)}`,
  key,
  name,
  trigger,
  oncePerPlayer,
  billable: key === "cpa",
  reversible: true,
  statuses,
  parameters: ["amount", "currency"],
  timestampStandard: "RFC 3339, UTC",
  builtIn: true,
}));

const landingPage = (id: string, key: string, name: string) => ({ __typename: "LandingPage", id, key, name });

export const offers = (
  [
    ["Royal Reels Casino", "Royal Reels", "CASINO"],
    ["KickOff Sportsbook", "KickOff", "SPORTSBOOK"],
    ["River Room Poker", "River Room", "POKER"],
    ["PayNest Wallet", "PayNest", "EWALLET"],
  ] as const
).map(([name, operator, vertical], i) => ({
  __typename: "Offer",
  id: `O${String(i + 1)}`,
  name,
  operator,
  vertical,
  state: "ACTIVE",
  currency: "USD",
  deepLinkHosts: [`play.${operator.toLowerCase().replaceAll(" ", "")}.example`],
  landingPages: [
    landingPage(`L${String(i)}a`, "main", "Main page"),
    landingPage(`L${String(i)}b`, "bonus", "Welcome bonus"),
  ],
  deal: { __typename: "Deal", id: `D${String(i + 1)}`, model: "CPA", amount: usd("120.00"), percent: null },
  defaultLink: {
    __typename: "TrackingLink",
    id: `TLO${String(i + 1)}`,
    code: `Dfl${String(i)}aB3x`,
    url: `https://go.postrider.example/c/Dfl${String(i)}aB3x`,
  },
  createdAt: ago(8e9),
}));

const pick = <T>(list: readonly T[], i: number): T => {
  const item = list[i % list.length];
  if (item === undefined) throw new Error("an empty list");
  return item;
};

function makeCampaigns() {
  return [
    "Facebook Germany",
    "TikTok LatAm",
    "Push · casino · tier 1",
    "SEO bonus reviews",
    "Telegram tips",
  ].map((name, i) => ({
    __typename: "Campaign",
    id: `C${String(i + 1)}`,
    name,
    state: i === 4 ? "PAUSED" : "ACTIVE",
    offer: pick(offers, i),
    affiliate,
    link: {
      __typename: "TrackingLink",
      id: `TL${String(i + 1)}`,
      code: `Cmp${String(i)}Qr7z`,
      url: `https://go.postrider.example/c/Cmp${String(i)}Qr7z`,
    },
    missingGoals: i === 1 ? goals.slice(3, 5) : [],
    postbacks: [] as unknown[],
    createdAt: ago(5e9),
  }));
}

export type Campaign = ReturnType<typeof makeCampaigns>[number];

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

export function makePostback(spec: PostbackSpec) {
  const method = "GET";
  const version = (number: number) => ({
    __typename: "PostbackVersion",
    id: `${spec.id}v${String(number)}`,
    number,
    urlTemplate: spec.urlTemplate,
    method,
    statuses: ["APPROVED"],
    enabled: spec.enabled,
    bodyRule: null,
    createdAt: ago(number === 2 ? 1e8 : 3e9),
    author: { __typename: "User", id: "U1", email: "anna@northstar.example" },
  });
  const failed = spec.failed ?? 0;
  return {
    __typename: "Postback",
    ...spec,
    affiliate,
    host: /^https?:\/\/([^/]+)/.exec(spec.urlTemplate)?.[1] ?? "",
    method,
    statuses: ["APPROVED"],
    bodyRule: null as unknown,
    version: 2,
    versions: [version(2), version(1)],
    signingSecret: null,
    holdReason: spec.holdReason ?? null,
    health: {
      delivered: spec.enabled ? 412 : 0,
      failed,
      waiting: failed > 0 ? 3 : 0,
      successRate: spec.enabled ? 412 / (412 + failed) : null,
      p50Ms: 38,
      p95Ms: 142,
      lastFailureAt: failed > 0 ? ago(240_000) : null,
      lastFailureReason: failed > 0 ? "SERVER_ERROR" : null,
    },
    createdAt: ago(3e9),
    updatedAt: ago(1e8),
  };
}

export type Postback = ReturnType<typeof makePostback>;

const keitaro =
  "https://track.northstar.example/4f1c2ab/postback?subid={param_1}&status=sale&payout={payout}&currency={currency}&tid={conversion_id}";

function makePostbacks(campaigns: readonly Campaign[]): Postback[] {
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

export type DeliveryState = "QUEUED" | "RETRYING" | "DELIVERED" | "FAILED" | "CANCELLED" | "HELD";

const explanations: Record<DeliveryState, string> = {
  QUEUED: "Waits for its first attempt.",
  RETRYING: "Your tracker answered 503: it is overloaded or down. It is tried again.",
  DELIVERED: "Your tracker took it at the first attempt.",
  FAILED:
    "Your tracker answered 403, most often a firewall or a bot rule. It is not tried again by itself: let us in, then replay.",
  CANCELLED: "The postback was deleted before it could be sent.",
  HELD: "Your tracker does not answer at all. Deliveries wait until it does; none is lost.",
};

export class World {
  role: Role = "AFFILIATE";
  isSignedIn = true;
  readonly password = "correct horse";
  timeZone = "UTC";
  campaigns = makeCampaigns();
  postbacks = makePostbacks(this.campaigns);
  clicks = Array.from({ length: 60 }, (_, i) => this.makeClick(i));
  conversions: Conversion[] = [];
  deliveries: Delivery[] = [];
  tokens = [this.makeToken("T1", "Reporting script", 4e8)];
  echo = Array.from({ length: 3 }, (_, i) => ({
    __typename: "EchoRequest",
    id: `E${String(i)}`,
    receivedAt: ago(20_000 * (i + 1)),
    method: "GET",
    url: `/echo/k3y?subid=click${String(i)}&payout=120.00`,
    parameters: [
      { name: "subid", value: `click${String(i)}` },
      { name: "payout", value: "120.00" },
    ],
    headers: [{ name: "User-Agent", value: "Postrider/0.1" }],
    body: "",
    statusCode: 200,
  }));
  /** Operations whose next answer is this error. */
  failures = new Map<string, { message: string; code?: string }>();
  /** Names of the operations that were asked for. */
  asked: string[] = [];
  private made = 0;
  private readonly listeners = new Set<(delivery: Delivery) => void>();

  constructor(deliveries = 40) {
    for (let i = deliveries - 1; i >= 0; i -= 1) {
      const state = pick<DeliveryState>(
        [
          "DELIVERED",
          "DELIVERED",
          "DELIVERED",
          "RETRYING",
          "DELIVERED",
          "DELIVERED",
          "FAILED",
          "HELD",
          "DELIVERED",
        ],
        i,
      );
      this.add(state, 45_000 * i + 1500);
    }
  }

  private makeClick(i: number) {
    const at = now - 60_000 * (i + 3);
    const campaign = pick(this.campaigns, i);
    return {
      __typename: "Click",
      id: `K${String(i + 1)}`,
      clickId: hexId(at, i),
      clickedAt: new Date(at).toISOString(),
      affiliate,
      offer: campaign.offer,
      campaign: i % 7 === 6 ? null : campaign,
      param1: i % 9 === 8 ? "" : `kt${(i * 7919).toString(36)}f${String(i)}`,
      param2: pick(["fb_de_main", "push-14", ""], i),
      param3: i % 4 === 0 ? "ad 12 & co" : "",
      landingPage: pick(campaign.offer.landingPages, i),
      deepLink: "",
      country: pick(["DE", "BR", "CA", "FI", ""], i),
      referrer: i % 2 === 0 ? "https://m.facebook.com/" : "",
      userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
      conversions: [] as unknown[],
    };
  }

  private makeToken(id: string, name: string, age: number) {
    return {
      __typename: "ApiToken",
      id,
      name,
      prefix: "pr_live_9fK2",
      scopes: ["READ"],
      createdAt: ago(age),
      expiresAt: null as string | null,
      lastUsedAt: null as string | null,
      revokedAt: null as string | null,
    };
  }

  /** A conversion with one delivery, newest of all. */
  add(state: DeliveryState, age = 0): Delivery {
    this.made += 1;
    const n = this.made;
    const at = now - age;
    const click = pick(this.clicks, n * 5);
    const fired = pick(this.postbacks.slice(0, 3), n);
    const conversion = {
      __typename: "Conversion",
      id: `V${String(n)}`,
      conversionId: hexId(at - 60, n),
      goal: fired.goal,
      status: "APPROVED",
      affiliate,
      offer: click.offer,
      campaign: click.campaign,
      click,
      clickId: click.clickId,
      playerId: hexId(at - 90_000, n),
      transactionId: `tx-${String(90_000 + n)}`,
      amount: usd("50.00"),
      payout: usd("120.00"),
      occurredAt: new Date(at - 1200).toISOString(),
      receivedAt: new Date(at - 60).toISOString(),
      events: [
        {
          __typename: "ConversionEvent",
          id: `VE${String(n)}`,
          previousStatus: null,
          status: "APPROVED",
          amount: usd("50.00"),
          payout: usd("120.00"),
          reason: "",
          actor: "operator",
          occurredAt: new Date(at - 1200).toISOString(),
          receivedAt: new Date(at - 60).toISOString(),
        },
      ],
      deliveries: [] as unknown[],
    };
    click.conversions.push(conversion);
    const delivery = {
      __typename: "Delivery",
      id: `Y${String(n)}`,
      deliveryId: hexId(at, n),
      state: "QUEUED" as DeliveryState,
      status: "APPROVED",
      goal: fired.goal,
      affiliate,
      postback: fired,
      version: fired.versions[0],
      conversion,
      campaign: click.campaign,
      clickId: click.clickId,
      transactionId: conversion.transactionId,
      url: null as string | null,
      host: fired.host,
      statusCode: null as number | null,
      durationMs: null as number | null,
      attemptCount: 0,
      attempts: [] as unknown[],
      nextAttemptAt: null as string | null,
      reason: null as string | null,
      explanation: explanations.QUEUED,
      createdAt: new Date(at).toISOString(),
      deliveredAt: null as string | null,
      replayOf: null as unknown,
      replays: [] as unknown[],
      test: false,
    };
    conversion.deliveries.push(delivery);
    this.conversions.unshift(conversion);
    this.deliveries.unshift(delivery);
    if (state !== "QUEUED") this.move(delivery, state);
    else this.tell(delivery);
    return delivery;
  }

  /** A delivery gets on; whoever subscribed hears of it. */
  move(delivery: Delivery, state: DeliveryState): void {
    const codes: Record<DeliveryState, number | null> = {
      QUEUED: null,
      RETRYING: 503,
      DELIVERED: 200,
      FAILED: 403,
      CANCELLED: null,
      HELD: null,
    };
    const statusCode = codes[state];
    delivery.state = state;
    delivery.explanation = explanations[state];
    delivery.statusCode = statusCode;
    delivery.nextAttemptAt = state === "RETRYING" ? new Date(now + 25_000).toISOString() : null;
    delivery.deliveredAt = state === "DELIVERED" ? delivery.createdAt : null;
    delivery.url = `https://${delivery.host}/4f1c2ab/postback?subid=${delivery.conversion.click.param1}&status=sale&payout=120.00&currency=USD&tid=${delivery.conversion.conversionId}`;
    if (state !== "QUEUED" && state !== "CANCELLED") {
      delivery.attemptCount += 1;
      delivery.durationMs = state === "HELD" ? 3001 : 31 + ((this.made * 37) % 90);
      delivery.attempts = [
        ...delivery.attempts,
        {
          __typename: "Attempt",
          id: `${delivery.id}t${String(delivery.attemptCount)}`,
          number: delivery.attemptCount,
          startedAt: delivery.createdAt,
          method: "GET",
          url: delivery.url,
          statusCode,
          durationMs: delivery.durationMs,
          error: state === "DELIVERED" ? null : "HTTP_STATUS",
          explanation: explanations[state],
          requestHeaders: [
            { name: "User-Agent", value: "Postrider/0.1 (+https://go.postrider.example)" },
            { name: "X-Postrider-Delivery", value: delivery.deliveryId },
            { name: "X-Postrider-Attempt", value: String(delivery.attemptCount) },
          ],
          requestBody: null,
          responseHeaders: statusCode === null ? [] : [{ name: "Content-Type", value: "application/json" }],
          responseBody: statusCode === null ? null : `{"status":"${statusCode === 200 ? "ok" : "denied"}"}`,
          responseTruncated: false,
          timings: { dnsMs: 1.2, connectMs: 8.4, tlsMs: 14.1, waitMs: 21.5, readMs: 0.6 },
        },
      ];
    }
    this.tell(delivery);
  }

  private tell(delivery: Delivery): void {
    for (const listener of this.listeners) listener(delivery);
  }

  onDelivery(listener: (delivery: Delivery) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  private get viewer() {
    if (!this.isSignedIn) return null;
    const isAffiliate = this.role === "AFFILIATE";
    const user = {
      __typename: "User",
      id: isAffiliate ? "U1" : "U2",
      email: isAffiliate ? "anna@northstar.example" : "max@postrider.example",
      role: this.role,
      timeZone: this.timeZone,
      affiliate: isAffiliate ? affiliate : null,
      createdAt: ago(9e9),
      lastSignInAt: ago(1000),
    };
    return {
      __typename: "Viewer",
      user,
      role: this.role,
      affiliate: user.affiliate,
      scopes: ["READ", "WRITE", "CONVERSIONS", "REPLAY"],
      apiTokens: this.tokens,
      echoUrl: "https://go.postrider.example/echo/k3y",
    };
  }

  private matches(delivery: Delivery, filter: Filter | null | undefined): boolean {
    if (!filter) return true;
    const { states, goals: keys, campaignIds, postbackIds, search, statusCodeFrom, statusCodeTo } = filter;
    return (
      (!states || states.includes(delivery.state)) &&
      (!keys || keys.includes(delivery.goal.key)) &&
      (!campaignIds || campaignIds.includes(delivery.campaign?.id ?? "")) &&
      (!postbackIds || postbackIds.includes(delivery.postback.id)) &&
      (statusCodeFrom == null || (delivery.statusCode ?? 0) >= statusCodeFrom) &&
      (statusCodeTo == null || (delivery.statusCode ?? 999) <= statusCodeTo) &&
      (!search ||
        delivery.host.includes(search) ||
        [
          delivery.deliveryId,
          delivery.clickId,
          delivery.conversion.conversionId,
          delivery.transactionId,
        ].includes(search))
    );
  }

  private readonly root = {
    viewer: () => this.viewer,
    instance: {
      version: "0.1.0",
      publicUrl: "https://go.postrider.example",
      demoSignIns: [
        {
          email: "anna@northstar.example",
          password: this.password,
          role: "AFFILIATE",
          label: "North Star Media, an affiliate",
        },
        {
          email: "max@postrider.example",
          password: this.password,
          role: "MANAGER",
          label: "Max, affiliate manager",
        },
      ],
    },
    goals,
    macros: [
      ["param_1", "click", "What came in param_1 of the tracking link", "w4k2p9"],
      ["click_id", "click", "Our click id", "0197f3a2c4d87b1e9f0a2b3c4d5e6f70"],
      ["payout", "money", "Your commission", "120.00"],
      ["goal_name", "conversion", "The goal's name", "First Time Deposit"],
    ].map(([name, group, meaning, example]) => ({ name, aliases: [], group, meaning, example })),
    macroFilters: [],
    node: ({ id }: { id: string }) => this.find(id),
    nodes: ({ ids }: { ids: string[] }) => ids.map((id) => this.find(id)),
    affiliates: () => connection([affiliate], {}),
    offers: (args: Page) => connection(offers, args),
    campaigns: (args: Page & { filter?: { states?: string[] } }) =>
      connection(
        this.campaigns.filter((c) => args.filter?.states?.includes(c.state) ?? true),
        args,
      ),
    postbacks: (args: Page) => connection(this.postbacks, args),
    clicks: (args: Page & { filter?: Filter }) =>
      connection(
        this.clicks.filter(
          (c) =>
            (!args.filter?.search ||
              [c.clickId, c.param1, c.param2, c.param3].includes(args.filter.search)) &&
            (!args.filter?.campaignIds || args.filter.campaignIds.includes(c.campaign?.id ?? "")),
        ),
        args,
      ),
    conversions: (args: Page & { filter?: Filter & { statuses?: string[] } }) =>
      connection(
        this.conversions.filter(
          (c) =>
            (!args.filter?.search ||
              [c.conversionId, c.clickId, c.playerId, c.transactionId].includes(args.filter.search)) &&
            (!args.filter?.goals || args.filter.goals.includes(c.goal.key)) &&
            (!args.filter?.statuses || args.filter.statuses.includes(c.status)),
        ),
        args,
      ),
    deliveries: (args: Page & { filter?: Filter }) =>
      connection(
        this.deliveries.filter((d) => this.matches(d, args.filter)),
        args,
      ),
    echoRequests: (args: Page) => connection(this.echo, args),
    conversionTrace: ({ conversionId }: { conversionId: string }) => {
      const conversion = this.conversions.find((c) => c.id === conversionId);
      return (
        conversion && {
          conversion,
          click: conversion.click,
          considered: this.postbacks.map((postback) => {
            const fired = conversion.deliveries.some((d) => (d as Delivery).postback === postback);
            return {
              postback,
              event: conversion.events[0],
              fired,
              rule: fired ? "matched" : postback.enabled ? "goal" : "disabled",
              reason: fired
                ? "The goal, the status and the scope match."
                : postback.enabled
                  ? `It is for ${postback.goal.name}; this is ${conversion.goal.name}.`
                  : "It is switched off.",
            };
          }),
          deliveries: conversion.deliveries,
        }
      );
    },
    previewPostback: ({ urlTemplate }: { urlTemplate: string }) => preview(urlTemplate),
    trackingLink: (args: Record<string, string | null>) => {
      const link =
        this.campaigns.find((c) => c.id === args["campaignId"])?.link ??
        offers.find((o) => o.id === args["offerId"])?.defaultLink;
      if (args["deepLink"]?.includes("elsewhere") === true) {
        return {
          url: null,
          link: null,
          destination: null,
          userErrors: [
            {
              field: ["deepLink"],
              message: "elsewhere.example is not one of the offer's hosts.",
              code: "invalid",
            },
          ],
        };
      }
      const query = ["param1", "param2", "param3"]
        .flatMap((name, i) => (args[name] == null ? [] : [`param_${String(i + 1)}=${args[name]}`]))
        .join("&");
      return {
        url: `${link?.url ?? ""}${query === "" ? "" : `?${query}`}`,
        link,
        destination: "https://play.royalreels.example/?cid=0197f3a2c4d87b1e9f0a2b3c4d5e6f70",
        userErrors: [],
      };
    },
    signIn: ({ input }: { input: { email: string; password: string } }) => {
      if (input.password !== this.password) {
        return {
          viewer: null,
          userErrors: [
            { field: null, message: "E-mail and password do not belong together.", code: "invalid" },
          ],
        };
      }
      this.isSignedIn = true;
      this.role = input.email.startsWith("max") ? "MANAGER" : "AFFILIATE";
      return { viewer: this.viewer, userErrors: [] };
    },
    signOut: () => {
      this.isSignedIn = false;
      return { userErrors: [] };
    },
    changePassword: ({ input }: { input: { currentPassword: string } }) =>
      input.currentPassword === this.password
        ? { viewer: this.viewer, userErrors: [] }
        : {
            viewer: null,
            userErrors: [
              { field: ["currentPassword"], message: "That is not your password.", code: "invalid" },
            ],
          },
    updateSettings: ({ input }: { input: { timeZone?: string } }) => {
      this.timeZone = input.timeZone ?? this.timeZone;
      return { viewer: this.viewer, userErrors: [] };
    },
    createApiToken: ({ input }: { input: { name: string; scopes?: string[] } }) => {
      const token = this.makeToken(`T${String(this.tokens.length + 1)}`, input.name, 0);
      token.scopes = (input.scopes ?? []).map((s) => s.toUpperCase());
      this.tokens.push(token);
      return { token, secret: "pr_live_9fK2vX0123456789abcdef", userErrors: [] };
    },
    revokeApiToken: ({ input }: { input: { id: string } }) => {
      const token = this.tokens.find((t) => t.id === input.id);
      if (token) token.revokedAt = ago(0);
      return { token, userErrors: [] };
    },
    createCampaign: ({ input }: { input: { name: string; offerId: string } }) => {
      if (this.campaigns.some((c) => c.name === input.name)) {
        return {
          campaign: null,
          userErrors: [
            {
              field: ["input", "name"],
              message: "You have a campaign of that name already.",
              code: "conflict",
            },
          ],
        };
      }
      const [model] = makeCampaigns();
      if (!model) throw new Error("no campaign to begin with");
      const campaign = { ...model, id: `C${String(this.campaigns.length + 1)}`, name: input.name };
      this.campaigns.push(campaign);
      return { campaign, userErrors: [] };
    },
    updateCampaign: ({ input }: { input: { id: string; name?: string; state?: string } }) => {
      const campaign = this.campaigns.find((c) => c.id === input.id);
      if (campaign) {
        campaign.name = input.name ?? campaign.name;
        campaign.state = input.state ?? campaign.state;
      }
      return { campaign, userErrors: [] };
    },
    createPostback: ({ input }: { input: PostbackInput }) => {
      const { errors } = preview(input.urlTemplate);
      const [problem] = errors;
      if (problem) {
        return {
          postbacks: [],
          userErrors: [{ field: ["input", "urlTemplate"], message: problem.message, code: "invalid" }],
        };
      }
      const made = input.goals.map((key) =>
        makePostback({
          id: `P${String(this.postbacks.length + 1)}${key}`,
          name: input.name ?? "",
          scope: input.scope,
          goal: goals.find((g) => g.key === key) ?? pick(goals, 0),
          campaign: this.campaigns.find((c) => c.id === input.campaignId) ?? null,
          offer: offers.find((o) => o.id === input.offerId) ?? null,
          urlTemplate: input.urlTemplate,
          enabled: input.enabled ?? true,
        }),
      );
      this.postbacks.push(...made);
      return { postbacks: made, userErrors: [] };
    },
    updatePostback: ({ input }: { input: Partial<PostbackInput> & { id: string } }) => {
      const postback = this.postbacks.find((p) => p.id === input.id);
      if (postback) {
        postback.urlTemplate = input.urlTemplate ?? postback.urlTemplate;
        postback.name = input.name ?? postback.name;
        postback.version += 1;
      }
      return { postback, userErrors: [] };
    },
    setPostbackEnabled: ({ input }: { input: { id: string; enabled: boolean } }) => {
      const postback = this.postbacks.find((p) => p.id === input.id);
      if (postback) postback.enabled = input.enabled;
      return { postback, userErrors: [] };
    },
    deletePostback: ({ input }: { input: { id: string } }) => {
      this.postbacks = this.postbacks.filter((p) => p.id !== input.id);
      return { deletedId: input.id, userErrors: [] };
    },
    replayDelivery: ({ input }: { input: { id: string } }) => {
      const old = this.deliveries.find((d) => d.id === input.id);
      const delivery = this.add("QUEUED");
      delivery.replayOf = old;
      return { delivery, userErrors: [] };
    },
  };

  private find(id: string): unknown {
    return [
      ...this.deliveries,
      ...this.clicks,
      ...this.campaigns,
      ...this.postbacks,
      ...this.conversions,
    ].find((row) => row.id === id);
  }

  /** Answers one request as the server would. */
  async answer(query: string, variables: Record<string, unknown> | undefined): Promise<ExecutionResult> {
    const document = parse(query);
    const [definition] = document.definitions;
    const name = definition?.kind === Kind.OPERATION_DEFINITION ? (definition.name?.value ?? "") : "";
    this.asked.push(name);
    const failure = this.failures.get(name);
    if (failure) {
      return {
        errors: [{ message: failure.message, extensions: { code: failure.code ?? "internal" } }] as never,
      };
    }
    const errors = validate(theSchema(), document);
    if (errors.length > 0) return { errors };
    return execute({
      schema: theSchema(),
      document,
      rootValue: this.root,
      variableValues: variables ?? {},
      typeResolver: (value) => (value as { __typename: string }).__typename,
    });
  }

  /** Answers a subscription's event for one delivery, or its hello; null where its filter does not let it through. */
  async event(
    query: string,
    variables: Record<string, unknown> | undefined,
    delivery: Delivery | null,
  ): Promise<ExecutionResult | null> {
    if (delivery !== null && !this.matches(delivery, variables?.["filter"] as Filter | undefined))
      return null;
    return execute({
      schema: theSchema(),
      document: parse(query),
      rootValue: {
        deliveryUpdated: { delivery, resync: null, missed: null, at: new Date(now).toISOString() },
      },
      variableValues: variables ?? {},
      typeResolver: (value) => (value as { __typename: string }).__typename,
    });
  }
}

type Conversion = {
  id: string;
  conversionId: string;
  goal: (typeof goals)[number];
  status: string;
  clickId: string;
  playerId: string;
  transactionId: string;
  click: { param1: string; conversions: unknown[] };
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
};

interface Filter {
  states?: string[];
  goals?: string[];
  campaignIds?: string[];
  postbackIds?: string[];
  search?: string;
  statusCodeFrom?: number;
  statusCodeTo?: number;
}

interface PostbackInput {
  scope: PostbackSpec["scope"];
  campaignId?: string | null;
  offerId?: string | null;
  goals: string[];
  urlTemplate: string;
  name?: string;
  enabled?: boolean;
}

interface Page {
  first?: number;
  after?: string | null;
}

function connection<T>(all: readonly T[], { first = 50, after }: Page) {
  const from = after == null ? 0 : Number(after) + 1;
  const page = all.slice(from, from + first);
  return {
    edges: page.map((node, i) => ({ node, cursor: String(from + i) })),
    pageInfo: {
      hasNextPage: from + first < all.length,
      hasPreviousPage: from > 0,
      startCursor: String(from),
      endCursor: page.length === 0 ? null : String(from + page.length - 1),
    },
  };
}

const samples: Record<string, string> = {
  param_1: "w4k2p9",
  payout: "120.00",
  currency: "USD",
  conversion_id: "0197f3a2c4d87b1e9f0a2b3c4d5e6f70",
  goal_name: "Registration",
};

/** Stands in for the server's macro language: just enough to draw spans and errors. */
function preview(template: string) {
  const spans: unknown[] = [];
  const errors: { code: string; message: string; start: number; end: number }[] = [];
  if (!/^https?:\/\//.test(template)) {
    errors.push({
      code: "not_absolute",
      message: "The URL must begin with http:// or https://",
      start: 0,
      end: 0,
    });
  }
  let url = "";
  let at = 0;
  for (const match of template.matchAll(/\{([^{}|]*)[^{}]*\}/g)) {
    const [whole, macro = ""] = match;
    const value = samples[macro];
    url += template.slice(at, match.index);
    at = match.index + whole.length;
    if (value === undefined) {
      errors.push({
        code: "unknown_macro",
        message: `There is no macro ${whole}`,
        start: match.index,
        end: at,
      });
      continue;
    }
    spans.push({
      macro,
      value,
      templateStart: match.index,
      templateEnd: at,
      urlStart: url.length,
      urlEnd: url.length + value.length,
    });
    url += value;
  }
  url += template.slice(at);
  return { url: errors.length > 0 ? null : url, spans, errors };
}
