import { affiliate, ago, connection, hexId, now, type Page } from "./basics";
import type { World } from "./world";

const call = {
  __typename: "ReceivedPostback",
  id: "R1",
  receivedAt: ago(5000),
  integrationKey: "royal-reels",
  method: "GET",
  query: "goal=ftd",
  body: "",
  address: "198.51.100.7",
  result: "accepted",
  reason: "A new conversion.",
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
    silent: [{ integration, lastCallAt: ago(1e8) }],
    refused: [
      {
        integration,
        integrationKey: "royal-reels",
        result: "unauthorized",
        count: 12,
        reason: "The token is wrong.",
        lastAt: ago(60_000),
      },
      {
        integration: null,
        integrationKey: "nobody",
        result: "unknown_integration",
        count: 1,
        reason: "There is no such integration.",
        lastAt: ago(90_000),
      },
    ],
    circuits: [
      {
        endpoint: "https://pb.voltrack.example:443",
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
  action: "create",
  entity: "campaign",
  entityId: hexId(now, 1),
  through: "session",
  user: null,
  affiliate,
  changes: [],
};

/** What the API answers staff only. */
export function staffRoot(world: World) {
  return {
    staffHome: () => world.staffHome,
    affiliates: (args: Page) => connection([affiliate], args),
    staff: [],
    integrations: [],
    receivedPostbacks: (args: Page) => connection([call], args),
    auditEntries: (args: Page) => connection([entry], args),
  };
}
