import { ago } from "./basics";
import type { Campaign } from "./catalogue";
import type { Postback } from "./postbacks";
import type { World } from "./world";

export function makeAlerts(postbacks: readonly Postback[]) {
  return [
    {
      __typename: "Alert",
      id: "AL1",
      kind: "POSTBACK_FAILING",
      severity: "ERROR",
      message: "Deposit to pb.voltrack.example fails: your tracker answers 503.",
      postback: postbacks[2],
      campaign: null,
      link: null,
      raisedAt: ago(600_000),
      resolvedAt: null,
      dismissedAt: null as string | null,
    },
  ];
}

export function makeChecklist([campaign]: readonly Campaign[]) {
  const step = (key: string, title: string, done: boolean) => ({
    key,
    title,
    done,
    at: null,
    message: `${title}.`,
  });
  return {
    campaign,
    done: false,
    steps: [
      step("MACROS_KNOWN", "Macros known", true),
      step("MAPPED", "Mapped to your tracker", true),
      step("TEMPLATE_SOUND", "Template sound", true),
      step("TEST_FIRED", "Test fired", true),
      step("FIRST_CLICK", "First click", false),
      step("FIRST_DELIVERY", "First delivery", false),
    ],
  };
}

const day = (clicks: number, payout: string) => ({
  from: ago(4e7),
  to: ago(0),
  clicks,
  registrations: 31,
  ftds: 12,
  payouts: [{ amount: payout, currency: "USD" }],
});

/** What the API answers about the day, the set-up and what needs attention. */
export function homeRoot(world: World) {
  return {
    homeNumbers: {
      timeZone: "UTC",
      today: day(1648, "1440.00"),
      yesterdaySoFar: day(1500, "960.00"),
      yesterday: day(2900, "2000.00"),
      clicksWithoutParam: 12,
    },
    setupChecklist: () => world.checklist,
    attention: () => attention(world),
    ignoreAttention: ({ input: { id, ignored } }: { input: { id: string; ignored: boolean } }) => {
      if (ignored) world.ignored.add(id);
      else world.ignored.delete(id);
      return { attention: attention(world), userErrors: [] };
    },
  };
}

const item = (of: { id: string; severity: string; message: string }) => ({
  since: null as string | null,
  alert: null as unknown,
  postback: null as unknown,
  goal: null as unknown,
  link: null,
  campaigns: [] as readonly unknown[],
  campaignCount: 0,
  ignoredAt: null as string | null,
  ...of,
});

/** The open alerts, then postbacks on hold, then each goal that campaigns lack. */
function attention(world: World) {
  const alerts = world.alerts.map((alert) => ({
    ...item(alert),
    alert,
    postback: alert.postback,
    since: alert.raisedAt,
  }));
  const held = world.postbacks
    .filter((postback) => postback.holdReason !== null)
    .map((postback) => ({
      ...item({
        id: postback.id,
        severity: "ERROR",
        message: "The tracker says that the URL is gone (410).",
      }),
      postback,
    }));
  const goals = [
    ...new Map(world.campaigns.flatMap((c) => c.missingGoals).map((goal) => [goal.id, goal])).values(),
  ];
  const missing = goals.map((goal) => {
    const campaigns = world.campaigns.filter((c) => c.missingGoals.some((lacked) => lacked.id === goal.id));
    return {
      ...item({ id: goal.id, severity: "WARNING", message: "Its conversions are not sent to your tracker." }),
      goal,
      campaigns: campaigns.slice(0, 3),
      campaignCount: campaigns.length,
    };
  });
  const all = [...alerts, ...held, ...missing];
  return {
    delivered: 1204,
    failed: 3,
    waiting: world.deliveries.filter(({ state }) => ["QUEUED", "RETRYING", "HELD"].includes(state)).length,
    postbacks: world.postbacks.length,
    items: all.filter(({ id }) => !world.ignored.has(id)),
    ignored: all.filter(({ id }) => world.ignored.has(id)).map((one) => ({ ...one, ignoredAt: ago(0) })),
  };
}
