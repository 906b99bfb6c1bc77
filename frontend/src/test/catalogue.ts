import { affiliate, ago, pick, statuses, usd } from "./basics";
import type { Tracker } from "./root-own-trackers";

const goalSpecs = [
  ["registration", "Registration", "A player opens an account", true],
  ["kyc", "KYC approved", "A player's documents are accepted", true],
  ["ftd", "FTD", "A player deposits for the first time", true],
  ["deposit", "Deposit", "A player deposits again", false],
  ["cpa", "CPA", "A player qualifies for the deal", true],
  ["net_revenue", "NGR", "The operator reports what a player brought", false],
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
const brought = (clicks: number, from: string) => ({
  from,
  to: ago(0),
  clicks,
  registrations: Math.round(clicks / 20),
  ftds: Math.round(clicks / 100),
  payouts: clicks === 0 ? [] : [{ amount: `${String(clicks)}.00`, currency: "USD" }],
});

/** Thirty days, of which the last brought everything. */
const numbers = (clicks: number) => ({
  timeZone: "UTC",
  total: brought(clicks, ago(29 * 864e5)),
  days: Array.from({ length: 30 }, (_, i) => brought(i === 29 ? clicks : 0, ago((29 - i) * 864e5))),
});

export function makeCampaigns() {
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
      urlWithToken: `https://go.postrider.example/c/Cmp${String(i)}Qr7z?param_1={subid}`,
    },
    trackers: [] as Tracker[],
    firingPostbacks: [] as unknown[],
    postbackCount: 2,
    dailyCap: i === 1 ? 50 : null,
    usedToday: i === 1 ? 50 : 0,
    missingGoals: i === 1 ? goals.slice(3, 5) : [],
    numbers: numbers(i === 4 ? 0 : 1000 * (i + 1)),
    postbacks: [] as unknown[],
    createdAt: ago(5e9),
  }));
}

export type Campaign = ReturnType<typeof makeCampaigns>[number];
