import type { FormErrors } from "@/graphql/user-errors";

export const verticals = [
  { id: "CASINO", label: "Casino" },
  { id: "SPORTSBOOK", label: "Sportsbook" },
  { id: "POKER", label: "Poker" },
  { id: "EWALLET", label: "eWallet" },
] as const;

export interface OfferFields {
  id: string;
  name: string;
  operator: string;
  vertical: (typeof verticals)[number]["id"];
  state: "ACTIVE" | "PAUSED";
  currency: string;
  destinationUrl: string | null;
  fallbackUrl: string | null;
  deepLinkHosts: readonly string[];
  attributionWindowDays: number | null;
  dailyCap: number | null;
  qualification: {
    goals: readonly string[];
    minDeposit: string | null;
    minCumulativeDeposit: string | null;
    withinDays: number | null;
    clawbackDays: number | null;
  } | null;
}

/** An offer as it is typed. */
export interface OfferDraft {
  name: string;
  operator: string;
  vertical: OfferFields["vertical"];
  state: OfferFields["state"];
  currency: string;
  destinationUrl: string;
  fallbackUrl: string;
  /** With spaces between them. */
  hosts: string;
  /** Days. */
  window: string;
  cap: string;
  /** The goals that a qualified player has. */
  needed: string[];
  minDeposit: string;
  minCumulativeDeposit: string;
  withinDays: string;
  clawbackDays: string;
}

/** What the parts of the form get. */
export interface OfferFormPart {
  draft: OfferDraft;
  set: (change: Partial<OfferDraft>) => void;
  errors: FormErrors;
}

export function offerDraft(offer: OfferFields | null): OfferDraft {
  const rule = offer?.qualification ?? null;
  return {
    name: offer?.name ?? "",
    operator: offer?.operator ?? "",
    vertical: offer?.vertical ?? "CASINO",
    state: offer?.state ?? "ACTIVE",
    currency: offer?.currency ?? "EUR",
    destinationUrl: offer?.destinationUrl ?? "",
    fallbackUrl: offer?.fallbackUrl ?? "",
    hosts: offer?.deepLinkHosts.join(" ") ?? "",
    window: String(offer?.attributionWindowDays ?? ""),
    cap: String(offer?.dailyCap ?? ""),
    needed: [...(rule?.goals ?? [])],
    minDeposit: rule?.minDeposit ?? "",
    minCumulativeDeposit: rule?.minCumulativeDeposit ?? "",
    withinDays: String(rule?.withinDays ?? ""),
    clawbackDays: String(rule?.clawbackDays ?? ""),
  };
}

function count(text: string): number {
  return Number.parseInt(text, 10) || 0;
}

/** What is sent of an offer: all of it. */
export function offerInput(draft: OfferDraft) {
  const { name, operator, vertical, state, currency, destinationUrl, fallbackUrl } = draft;
  return {
    name,
    operator,
    vertical,
    state,
    currency,
    destinationUrl,
    fallbackUrl,
    deepLinkHosts: draft.hosts.split(/[\s,]+/).filter(Boolean),
    attributionWindowDays: count(draft.window),
    dailyCap: count(draft.cap),
    qualification: {
      goals: draft.needed,
      minDeposit: draft.minDeposit || "0",
      minCumulativeDeposit: draft.minCumulativeDeposit || "0",
      withinDays: count(draft.withinDays),
      clawbackDays: count(draft.clawbackDays),
    },
  };
}
