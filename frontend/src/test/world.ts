import { execute, type ExecutionResult, Kind, parse, validate } from "graphql";

import { affiliate, ago, connection, hexId, now, pick, type Role, usd } from "./basics";
import { makeCampaigns } from "./catalogue";
import {
  type Conversion,
  type Delivery,
  type DeliveryState,
  explanations,
  type Filter,
  matches,
} from "./deliveries";
import { makePostbacks } from "./postbacks";
import { accountRoot } from "./root-account";
import { campaignsRoot } from "./root-campaigns";
import { factsRoot } from "./root-facts";
import { homeRoot, makeAlerts, makeChecklist } from "./root-home";
import { ownTrackersRoot, type Tracker } from "./root-own-trackers";
import { postbacksRoot } from "./root-postbacks";
import { makeAffiliates, makeStaff, makeStaffHome, staffNodes, staffRoot } from "./root-staff";
import { type Test, testsRoot } from "./root-tests";
import { trackersRoot } from "./root-trackers";
import { theSchema } from "./schema";

// A small network of affiliates to test against: the real schema, with plain data behind it. What a page asks for is
// validated and executed as the server would, so a query that the schema does not know fails the test.

export class World {
  role: Role = "AFFILIATE";
  isSignedIn = true;
  /** Somebody of the staff looks at the affiliate's pages. */
  looking = false;
  /** The server does not answer. */
  isAway = false;
  hold: { reason: string; since: string; note: string | null } | null = null;
  readonly password = "correct horse";
  name = "";
  timeZone = "UTC";
  campaigns = makeCampaigns();
  postbacks = makePostbacks(this.campaigns);
  /** The affiliate's own, newest first. */
  trackers: Tracker[] = [];
  clicks = Array.from({ length: 60 }, (_, i) => this.makeClick(i));
  conversions: Conversion[] = [];
  deliveries: Delivery[] = [];
  tests: Test[] = [];
  alerts = makeAlerts(this.postbacks);
  /** What is ignored on Home, by id. */
  ignored = new Set<string>();
  checklist = makeChecklist(this.campaigns);
  staffHome = makeStaffHome();
  affiliates = makeAffiliates();
  staff = makeStaff();
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
    body: null as string | null,
    statusCode: 200,
  }));
  /** Operations whose next answer is this error. */
  failures = new Map<string, { message: string; code?: string }>();
  /** What the API answers besides, to be set by a test: by the field of Query or Mutation. */
  also: Record<string, unknown> = {};
  /** What is found by its id besides. */
  nodes: { id: string }[] = [];
  /** Names of the operations that were asked for. */
  asked: string[] = [];
  /** What the operations were asked with, by name, the newest last. */
  readonly sent = new Map<string, Record<string, unknown>[]>();
  private made = 0;
  private readonly listeners = new Map<string, Set<(value: unknown) => void>>();

  constructor(deliveries = 40) {
    for (const campaign of this.campaigns) {
      campaign.firingPostbacks = this.postbacks.filter((p) => p.scope === "GLOBAL");
    }
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
      param1: i % 9 === 8 ? null : `kt${(i * 7919).toString(36)}f${String(i)}`,
      param2: pick(["fb_de_main", "push-14", null], i),
      param3: i % 4 === 0 ? "ad 12 & co" : null,
      landingPage: pick(campaign.offer.landingPages, i),
      deepLink: null,
      country: pick(["DE", "BR", "CA", "FI", null], i),
      test: false,
      referrer: i % 2 === 0 ? "https://m.facebook.com/" : null,
      userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
      conversions: connection<{ id: string }>([], {}),
    };
  }

  makeToken(id: string, name: string, age: number) {
    return {
      __typename: "ApiToken",
      id,
      name,
      prefix: "pr_live_9fK2",
      scopes: ["READ"],
      parentId: null as string | null,
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
      reversed: false,
      affiliate,
      offer: click.offer,
      campaign: click.campaign,
      click,
      clickId: click.clickId,
      playerId: hexId(at - 90_000, n),
      transactionId: `tx-${String(90_000 + n)}`,
      amount: usd("50.00"),
      payout: usd("120.00"),
      cappedBy: null,
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
          reason: null,
          actor: "OPERATOR",
          occurredAt: new Date(at - 1200).toISOString(),
          receivedAt: new Date(at - 60).toISOString(),
        },
      ],
      deliveries: [] as unknown[],
    };
    click.conversions = connection([...click.conversions.edges.map(({ node }) => node), conversion], {});
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
      sentTo: fired.sentTo,
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
      supersededBy: null as Delivery | null,
      warning: null as string | null,
      click,
      replays: [] as unknown[],
      aggregated: [] as unknown[],
      test: false,
    };
    conversion.deliveries.push(delivery);
    this.conversions.unshift(conversion);
    this.happen("conversionUpdated", conversion);
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
    this.happen("deliveryUpdated", delivery);
  }

  /** Something happens that this subscription tells of. */
  happen(subscription: string, value: unknown): void {
    for (const listener of this.listeners.get(subscription) ?? []) listener(value);
  }

  /** Listens to what a subscription tells of; gives back a way to stop. */
  on(subscription: string, listener: (value: unknown) => void): () => void {
    const all = this.listeners.get(subscription) ?? new Set();
    this.listeners.set(subscription, all.add(listener));
    return () => {
      all.delete(listener);
    };
  }

  /** How many listen to this subscription. */
  listening(subscription: string): number {
    return this.listeners.get(subscription)?.size ?? 0;
  }

  get viewer() {
    if (!this.isSignedIn) return null;
    const isAffiliate = this.role === "AFFILIATE";
    const user = {
      __typename: "User",
      id: isAffiliate ? "U1" : "U2",
      email: isAffiliate ? "anna@northstar.example" : "max@postrider.example",
      name: this.name,
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
      looking: this.looking,
      echoUrl: "https://go.postrider.example/echo/k3y",
      examples: [
        {
          kind: "QUERY",
          snippets: [
            {
              language: "CURL",
              code: "curl https://go.postrider.example/graphql",
              command: "TOKEN=… sh query.sh",
            },
            { language: "PHP", code: "<?php // query", command: "TOKEN=… php query.php" },
          ],
        },
        {
          kind: "LIVE",
          snippets: [
            {
              language: "NODEJS",
              code: "// wss://go.postrider.example/graphql",
              command: "TOKEN=… node live.mjs",
            },
          ],
        },
      ],
    };
  }

  private readonly root = {
    ...accountRoot(this),
    ...campaignsRoot(this),
    ...postbacksRoot(this),
    ...factsRoot(this),
    ...homeRoot(this),
    ...staffRoot(this),
    ...trackersRoot,
    ...ownTrackersRoot(this),
    ...testsRoot(this),
  };

  /** What this operation was last asked with. */
  lastSent(name: string): Record<string, unknown> | undefined {
    return this.sent.get(name)?.at(-1);
  }

  find(id: string): unknown {
    return [
      ...this.nodes,
      ...this.deliveries,
      ...this.clicks,
      ...this.campaigns,
      ...this.postbacks,
      ...this.conversions,
      ...this.affiliates,
      ...staffNodes,
    ].find((row: { id: string }) => row.id === id);
  }

  /** Answers one request as the server would. */
  async answer(query: string, variables: Record<string, unknown> | undefined): Promise<ExecutionResult> {
    const document = parse(query);
    const [definition] = document.definitions;
    const name = definition?.kind === Kind.OPERATION_DEFINITION ? (definition.name?.value ?? "") : "";
    this.asked.push(name);
    this.sent.set(name, [...(this.sent.get(name) ?? []), variables ?? {}]);
    const failure = this.failures.get(name);
    if (failure) {
      return {
        errors: [{ message: failure.message, extensions: { code: failure.code ?? "INTERNAL" } }] as never,
      };
    }
    const errors = validate(theSchema(), document);
    if (errors.length > 0) return { errors };
    return execute({
      schema: theSchema(),
      document,
      rootValue: { ...this.root, ...this.also },
      variableValues: variables ?? {},
      typeResolver: (value) => (value as { __typename: string }).__typename,
    });
  }

  /** Answers a subscription's event, or its hello. */
  async event(
    query: string,
    variables: Record<string, unknown> | undefined,
    field: string,
    value: unknown,
  ): Promise<ExecutionResult> {
    let root: unknown = value;
    if (field === "deliveryUpdated") {
      const delivery = value as Delivery | null;
      const passes = delivery !== null && matches(delivery, variables?.["filter"] as Filter | undefined);
      root = { delivery, matches: passes, resync: null, missed: null, at: new Date(now).toISOString() };
    }
    if (field === "conversionUpdated") {
      root = { conversion: value, matches: value !== null, resync: false, at: new Date(now).toISOString() };
    }
    return execute({
      schema: theSchema(),
      document: parse(query),
      rootValue: { [field]: root },
      variableValues: variables ?? {},
      typeResolver: (object) => (object as { __typename: string }).__typename,
    });
  }
}
