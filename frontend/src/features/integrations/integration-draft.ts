import type { FormErrors } from "@/graphql/user-errors";

import { filled, type Word } from "./words";

export interface Integration {
  id: string;
  name: string;
  enabled: boolean;
  requireHttps: boolean;
  requireToken: boolean;
  requireSignature: boolean;
  signatureHeader: string | null;
  timestampName: string | null;
  timestampWindow: number | null;
  allowedAddresses: readonly string[];
  rateLimit: number | null;
  currency: string | null;
  offer: { currency: string };
  parameterMapping: readonly Word[];
  goalMapping: readonly Word[];
  statusMapping: readonly Word[];
  defaultStatuses: readonly Word[];
  tellApart: boolean;
}

/** An integration as it is typed. */
export interface IntegrationDraft {
  name: string;
  enabled: boolean;
  requireHttps: boolean;
  requireToken: boolean;
  requireSignature: boolean;
  signatureHeader: string;
  timestampName: string;
  /** Seconds. */
  timestampWindow: string;
  /** One a line. */
  addresses: string;
  rateLimit: string;
  currency: string;
  names: readonly Word[];
  goals: readonly Word[];
  statuses: readonly Word[];
  /** What no status means, by goal. */
  noStatus: readonly Word[];
  tellApart: boolean;
}

/** What the parts of the form get. */
export interface IntegrationFormPart {
  draft: IntegrationDraft;
  set: (change: Partial<IntegrationDraft>) => void;
  errors: FormErrors;
}

export function integrationDraft(integration: Integration): IntegrationDraft {
  const { name, enabled, requireHttps, requireToken, requireSignature } = integration;
  return {
    name,
    enabled,
    requireHttps,
    requireToken,
    requireSignature,
    signatureHeader: integration.signatureHeader ?? "",
    timestampName: integration.timestampName ?? "",
    timestampWindow: String(integration.timestampWindow ?? ""),
    addresses: integration.allowedAddresses.join("\n"),
    rateLimit: String(integration.rateLimit ?? ""),
    currency: integration.currency ?? "",
    names: integration.parameterMapping,
    goals: integration.goalMapping,
    statuses: integration.statusMapping,
    noStatus: integration.defaultStatuses,
    tellApart: integration.tellApart,
  };
}

/** A parameter mapping with a row for each of the operator's parameters, ours still to be chosen. */
export function withNames(names: readonly Word[], used: readonly string[]): readonly Word[] {
  const more = used.filter((name) => !names.some(({ to }) => to === name));
  return more.length === 0 ? names : [...names, ...more.map((to) => ({ from: "", to }))];
}

/** What is sent of an integration: all of it. */
export function integrationInput(draft: IntegrationDraft) {
  const { addresses, names, goals, statuses, noStatus, timestampWindow, rateLimit, ...same } = draft;
  return {
    ...same,
    timestampWindow: Number.parseInt(timestampWindow, 10) || 0,
    allowedAddresses: addresses.split(/[\s,]+/).filter(Boolean),
    rateLimit: Number.parseInt(rateLimit, 10) || 0,
    parameterMapping: filled(names),
    goalMapping: filled(goals),
    statusMapping: filled(statuses),
    defaultStatuses: filled(noStatus),
  };
}
