import { ago, connection, type Page } from "./basics";
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
      step("macros_known", "Macros known", true),
      step("mapped", "Mapped to your tracker", true),
      step("template_sound", "Template sound", true),
      step("test_fired", "Test fired", true),
      step("first_click", "First click", false),
      step("first_delivery", "First delivery", false),
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
    alerts: (args: Page) =>
      connection(
        world.alerts.filter((alert) => alert.dismissedAt === null),
        args,
      ),
    dismissAlert: ({ input }: { input: { id: string } }) => {
      const alert = world.alerts.find((a) => a.id === input.id);
      if (alert) alert.dismissedAt = ago(0);
      return { alert, userErrors: [] };
    },
  };
}
