import { affiliate, ago, connection, hexId, now, type Page } from "./basics";

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
export function staffRoot() {
  return {
    affiliates: (args: Page) => connection([affiliate], args),
    staff: [],
    integrations: [],
    receivedPostbacks: (args: Page) => connection([call], args),
    auditEntries: (args: Page) => connection([entry], args),
  };
}
