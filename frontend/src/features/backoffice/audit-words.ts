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
  entityId: string | null;
  subject: string | null;
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

const entities: Record<string, string> = { API_TOKEN: "API token" };

function entityWord(entity: string): string {
  return entities[entity] ?? entity.toLowerCase().replaceAll("_", " ");
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
      !unsaid.has(field) && (action === "UPDATE" || valueText(after ?? before) !== "none"),
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
  if (entity === "INSTALLATION") return "the installation";
  const id = entityId ?? "";
  const name = subject !== null ? `“${subject}”` : /^[0-9a-f]{32}$/u.test(id) ? shortenId(id) : id;
  const isItself = entity === "AFFILIATE" || affiliate === null;
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
    case "CREATE":
      return `created ${thing(entry)}`;
    case "UPDATE":
      return updated(entry);
    case "DELETE":
      return `deleted ${thing(entry)}`;
    case "ARCHIVE":
      return `archived ${thing(entry)}`;
    case "RESTORE":
      return `restored ${thing(entry)}`;
    case "CANCEL":
      return `cancelled ${thing(entry)}`;
    case "RELEASE":
      return `released ${thing(entry)}`;
    case "REVOKE":
      return `revoked ${thing(entry)}`;
    case "REVEAL_SECRET":
      return `read the ${secretOf(entry)} of ${thing(entry)}`;
    case "ROTATE_SECRET":
      return `replaced the ${secretOf(entry)} of ${thing(entry)}`;
    case "RESET_PASSWORD":
      return `reset the password of ${thing(entry)}`;
    case "CHANGE_PASSWORD":
      return "changed their own password";
    case "ATTRIBUTE":
      return `attributed ${thing(entry)} to click ${shortenId(after(entry, "clickId"))}`;
    case "UNDO_ATTRIBUTION": {
      const reason = after(entry, "reason");
      return `undid the attribution of ${thing(entry)} to click ${shortenId(before(entry, "clickId"))}${reason === "none" ? "" : `: “${reason}”`}`;
    }
    case "ATTRIBUTE_BY_RULE":
      return `attributed ${after(entry, "count")} conversions by rule`;
    case "FIRE":
      return `fired a conversion (${after(entry, "goal")}) for click ${after(entry, "click")}`;
    case "IMPORT":
      return `imported statuses: ${after(entry, "changed")} of ${after(entry, "lines")} lines changed a conversion`;
    case "MAP_GOAL":
      return `recorded ${after(entry, "recorded")} conversions of ${thing(entry)} that waited for the goal ${after(entry, "word")}, mapped to ${after(entry, "goal")}`;
    case "UNMAP_GOAL":
      return `took back ${after(entry, "takenBack")} conversions of ${thing(entry)}, recorded when the goal ${after(entry, "word")} was mapped`;
    case "RESOLVE":
      return `decided ${thing(entry)}: ${after(entry, "resolution") === "same" ? "it is the same event" : "it is another event"}`;
    case "HOLD":
      return "put the installation on hold";
    case "RESUME":
      return "resumed the installation";
    default:
      return `${entry.action.toLowerCase().replaceAll("_", " ")} ${thing(entry)}`;
  }
}
