export type Model = "CPA" | "CPL" | "REVSHARE" | "HYBRID";

export interface Tier {
  from: string;
  amount: string;
  percent: string;
}

/** A deal as it is typed. */
export interface DealDraft {
  model: Model;
  /** Null: the default deal of all affiliates. */
  affiliateId: string | null;
  amount: string;
  percent: string;
  leadGoal: string;
  currency: string;
  /** Days: 2026-03-01. */
  from: string;
  to: string;
  negativeCarryover: boolean;
  tierBy: "COUNT" | "REVENUE";
  tiers: Tier[];
}

export function newDeal(currency: string): DealDraft {
  return {
    model: "CPA",
    affiliateId: null,
    amount: "",
    percent: "",
    leadGoal: "registration",
    currency,
    from: new Date().toISOString().slice(0, 10),
    to: "",
    negativeCarryover: true,
    tierBy: "COUNT",
    tiers: [],
  };
}

export function paysAmount(model: Model): boolean {
  return model !== "REVSHARE";
}

export function paysPercent(model: Model): boolean {
  return model === "REVSHARE" || model === "HYBRID";
}

/** What is sent of a deal: only what its model pays by. */
export function dealInput({
  affiliateId,
  amount,
  percent,
  leadGoal,
  from,
  to,
  tierBy,
  tiers,
  ...deal
}: DealDraft) {
  const { model } = deal;
  return {
    ...deal,
    ...(affiliateId !== null && { affiliateId }),
    ...(paysAmount(model) && { amount }),
    ...(paysPercent(model) && { percent }),
    ...(model === "CPL" && { leadGoal }),
    ...(from !== "" && { validFrom: `${from}T00:00:00Z` }),
    ...(to !== "" && { validTo: `${to}T00:00:00Z` }),
    ...(tiers.length > 0 && {
      tierBy,
      tiers: tiers.map((tier) => ({
        from: tier.from,
        ...(paysAmount(model) && { amount: tier.amount }),
        ...(paysPercent(model) && { percent: tier.percent }),
      })),
    }),
  };
}
