import { listed, shortenId } from "@/components/ui/format";

// The audit log in sentences: who did what to which thing. Nothing here knows React.

export interface AuditChange {
  field: string;
  /** As JSON; null where there was none. */
  before: string | null;
  after: string | null;
}

export interface AuditEntry {
  action: string;
  entity: string;
  entityId: string;
  subject: string;
  affiliate: { name: string } | null;
  changes: readonly AuditChange[];
}

/** What says nothing to a reader, or is nobody's to read. */
const unsaid = new Set(["id", "created_at", "updated_at", "echo_key", "version", "session_generation"]);

const fields: Record<string, string> = {
  url_template: "URL",
  body_rule: "success rule",
  further_goals: "further goals",
  aggregate_seconds: "aggregation window",
  attribution_window_days: "attribution window",
  disabled_at: "access",
  dismissed_at: "dismissal",
  clickId: "click",
  oldExpiresAt: "end of the old one",
  affiliate_id: "affiliate",
  offer_id: "offer",
  campaign_id: "campaign",
};

/** The name of a field, as people say it. */
export function fieldWord(field: string): string {
  return fields[field] ?? field.replaceAll("_", " ");
}

const entities: Record<string, string> = {
  api_token: "API token",
  exchange_rate: "exchange rate",
  landing_page: "landing page",
};

function entityWord(entity: string): string {
  return entities[entity] ?? entity.replaceAll("_", " ");
}

function parse(json: string | null): unknown {
  if (json === null) return null;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return json;
  }
}

/** A value as text: no quotes, no JSON where a word will do. */
export function valueText(json: string | null): string {
  const value = parse(json);
  if (value === null || value === "") return "none";
  if (value === true) return "on";
  if (value === false) return "off";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) {
    if (value.length === 0) return "none";
    if (value.every((one) => typeof one === "string")) return value.join(", ");
  }
  if (typeof value === "object" && Object.keys(value).length === 0) return "none";
  return JSON.stringify(value);
}

/** The changes worth reading. What was made or removed says nothing of what it did not have. */
export function toldChanges({ action, changes }: AuditEntry): readonly AuditChange[] {
  return changes.filter(
    ({ field, before, after }) =>
      !unsaid.has(field) && (action === "update" || valueText(after ?? before) !== "none"),
  );
}

function after(entry: AuditEntry, field: string): string {
  return valueText(entry.changes.find((change) => change.field === field)?.after ?? null);
}

function before(entry: AuditEntry, field: string): string {
  return valueText(entry.changes.find((change) => change.field === field)?.before ?? null);
}

/** "postback “Keitaro FTD” of Nordic Media" */
function thing({ entity, entityId, subject, affiliate }: AuditEntry): string {
  if (entity === "installation") return "the installation";
  const name =
    subject !== "" ? `“${subject}”` : /^[0-9a-f]{32}$/u.test(entityId) ? shortenId(entityId) : entityId;
  const isItself = entity === "affiliate" || affiliate === null;
  return `${entityWord(entity)} ${name}${isItself ? "" : ` of ${affiliate.name}`}`.trim();
}

const secrets: Record<string, string> = { token: "token", hmac: "signing key" };

function secretOf(entry: AuditEntry): string {
  return secrets[after(entry, "kind")] ?? "signing secret";
}

/** What an update did, where one field says it all. */
function switched({ field, after: to }: AuditChange): string | null {
  if (field === "enabled") return to === "true" ? "switched on" : "switched off";
  if (field === "disabled_at") return to === null || to === "null" ? "enabled" : "disabled";
  if (field === "dismissed_at") return to === null || to === "null" ? "showed again" : "dismissed";
  if (field === "state" && to === '"paused"') return "paused";
  if (field === "state" && to === '"active"') return "resumed";
  return null;
}

/** How many fields are named before they are only counted. */
const named = 3;

function updated(entry: AuditEntry): string {
  const told = toldChanges(entry);
  const [only, ...others] = told;
  if (!only) return `saved ${thing(entry)} without a change`;
  if (others.length === 0) {
    const verb = switched(only);
    if (verb !== null) return `${verb} ${thing(entry)}`;
  }
  const what =
    told.length > named
      ? `${String(told.length)} settings`
      : `the ${listed(told.map(({ field }) => fieldWord(field)))}`;
  return `changed ${what} of ${thing(entry)}`;
}

/** The sentence after who did it: "changed the URL of postback “Keitaro FTD” of Nordic Media". */
export function auditSentence(entry: AuditEntry): string {
  switch (entry.action) {
    case "create":
      return `created ${thing(entry)}`;
    case "update":
      return updated(entry);
    case "delete":
      return `deleted ${thing(entry)}`;
    case "archive":
      return `archived ${thing(entry)}`;
    case "restore":
      return `restored ${thing(entry)}`;
    case "cancel":
      return `cancelled ${thing(entry)}`;
    case "release":
      return `released ${thing(entry)}`;
    case "revoke":
      return `revoked ${thing(entry)}`;
    case "reveal_secret":
      return `read the ${secretOf(entry)} of ${thing(entry)}`;
    case "rotate_secret":
      return `replaced the ${secretOf(entry)} of ${thing(entry)}`;
    case "reset_password":
      return `reset the password of ${thing(entry)}`;
    case "change_password":
      return "changed their own password";
    case "attribute":
      return `attributed ${thing(entry)} to click ${shortenId(after(entry, "clickId"))}`;
    case "undo_attribution": {
      const reason = after(entry, "reason");
      return `undid the attribution of ${thing(entry)} to click ${shortenId(before(entry, "clickId"))}${reason === "none" ? "" : `: “${reason}”`}`;
    }
    case "attribute_by_rule":
      return `attributed ${after(entry, "count")} conversions by rule`;
    case "fire":
      return `fired a conversion (${after(entry, "goal")}) for click ${after(entry, "click")}`;
    case "import":
      return `imported statuses: ${after(entry, "changed")} of ${after(entry, "lines")} lines changed a conversion`;
    case "hold":
      return "put the installation on hold";
    case "resume":
      return "resumed the installation";
    default:
      return `${entry.action.replaceAll("_", " ")} ${thing(entry)}`;
  }
}
