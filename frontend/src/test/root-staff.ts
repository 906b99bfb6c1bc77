import { affiliate, ago, connection, type Page, usd } from "./basics";
import type { World } from "./world";

const call = {
  __typename: "ReceivedPostback",
  id: "R1",
  receivedAt: ago(5000),
  integrationKey: "royal-reels",
  method: "GET",
  query: "goal=ftd",
  body: null,
  address: "198.51.100.7",
  result: "RECORDED",
  reason: "A new conversion.",
  cause: null as string | null,
  notes: [] as string[],
  affiliate: null,
  statusCode: 200,
  durationMs: 4.2,
  headers: [],
  integration: null,
  conversion: null,
};

const integration = { __typename: "Integration", id: "I1", name: "Royal Reels", key: "royal-reels" };

/** What waits for staff, to be changed by a test. */
export function makeStaffHome() {
  return {
    unattributed: 3,
    oldestUnattributedAt: ago(7e7),
    clashes: 2,
    silent: [{ integration, lastCallAt: ago(1e8) }],
    refused: [
      {
        integration,
        integrationKey: "royal-reels",
        result: "UNAUTHORIZED",
        count: 12,
        reason: "The token is wrong.",
        lastAt: ago(60_000),
      },
      {
        integration: null,
        integrationKey: "nobody",
        result: "UNKNOWN_INTEGRATION",
        count: 1,
        reason: "There is no such integration.",
        lastAt: ago(90_000),
      },
    ],
    deadDestinations: [
      {
        offer: { __typename: "Offer", id: "O1", name: "Royal Reels Casino" },
        landingPage: { __typename: "LandingPage", id: "L0b", name: "Welcome bonus" },
        check: { message: "Answered 404", deadSince: ago(7_200_000) as string | null },
      },
    ],
    circuits: [
      {
        address: "https://pb.voltrack.example:443",
        sentTo: "pb.voltrack.example",
        circuit: "OPEN",
        sentence: "Tracker unavailable: server error.",
        waiting: 4,
      },
    ],
    withoutParam: [{ affiliate, clicks: 200, without: 150 }],
  };
}

const entry = {
  __typename: "AuditEntry",
  id: "E1",
  at: ago(8000),
  action: "CREATE",
  entity: "CAMPAIGN",
  entityId: "7",
  subject: "TikTok LatAm",
  through: "SESSION",
  user: null,
  affiliate,
  changes: [{ field: "name", before: null, after: '"TikTok LatAm"' }],
};

const changed = {
  ...entry,
  id: "E2",
  action: "UPDATE",
  entity: "POSTBACK",
  subject: "Keitaro FTD",
  changes: [{ field: "url_template", before: '"https://old.example/"', after: '"https://new.example/"' }],
};

/** The network's users, of whom U2 is the manager that tests sign in as. */
export function makeStaff() {
  return ["max", "adrian"].map((name, i) => ({
    __typename: "User",
    id: `U${String(i + 2)}`,
    email: `${name}@postrider.example`,
    name: name === "max" ? "Max Berg" : null,
    role: i === 0 ? "MANAGER" : "ADMIN",
    lastSignInAt: null,
    disabledAt: null as string | null,
  }));
}

interface AnAffiliate {
  __typename: string;
  id: string;
  name: string;
  createdAt: string;
  manager: { name: string; email: string } | null;
  managerUser: { id: string } | null;
  users: ReturnType<typeof makeStaff>;
}

export function makeAffiliates(): AnAffiliate[] {
  return [affiliate, { ...affiliate, id: "A2", name: "Nordic Media" }].map((a, i) => ({
    ...a,
    manager: null,
    managerUser: null,
    users: [
      {
        __typename: "User",
        id: `U1${String(i)}`,
        email: i === 0 ? "anna@northstar.example" : "ole@nordic.example",
        name: null,
        role: "AFFILIATE",
        lastSignInAt: null,
        disabledAt: null,
      },
    ],
  }));
}

/** What staff open by its id. */
export const staffNodes = [call];

/** What the API answers staff only. */
export function staffRoot(world: World) {
  return {
    staffHome: () => world.staffHome,
    affiliates: ({ search, ...args }: Page & { search?: string | null }) =>
      connection(
        world.affiliates.filter((a) => a.name.toLowerCase().includes((search ?? "").toLowerCase())),
        args,
      ),
    staff: () => world.staff,
    setUserDisabled: ({ input }: { input: { id: string; disabled: boolean } }) => {
      const user = [...world.staff, ...world.affiliates.flatMap((a) => a.users)].find(
        (u) => u.id === input.id,
      );
      if (user) user.disabledAt = input.disabled ? ago(0) : null;
      return { user, userErrors: [] };
    },
    setManager: ({ input }: { input: { affiliateId: string; userId: string | null } }) => {
      const of = world.affiliates.find((a) => a.id === input.affiliateId);
      const manager = world.staff.find((user) => user.id === input.userId);
      if (of) Object.assign(of, { manager: manager ?? null, managerUser: manager ?? null });
      return { affiliate: of, userErrors: [] };
    },
    attributionPreview: () => ({
      affiliate,
      offer: world.campaigns[0]?.offer,
      campaign: world.campaigns[0],
      payout: usd("120.00"),
      cappedBy: null,
      postbacks: world.postbacks
        .slice(0, 2)
        .map((postback, i) => ({ postback, status: "APPROVED", fires: i === 0, reason: "It matches." })),
    }),
    integrations: [],
    receivedPostbacks: (args: Page) => connection([call], args),
    auditEntries: (args: Page) => connection([changed, entry], args),
  };
}
