import { formatMoney } from "@/components/ui/format";

export interface DealTerms {
  model: "CPA" | "CPL" | "REVSHARE" | "HYBRID";
  percent: string | null;
  amount: { amount: string; currency: string } | null;
}

/** A deal in a few words: "CPA €120.00", "Hybrid €50.00 + 20 %". */
export function dealWords({ model, percent, amount }: DealTerms): string {
  const sum = amount === null ? "" : formatMoney(amount.amount, amount.currency);
  switch (model) {
    case "CPA":
      return `CPA ${sum}`;
    case "CPL":
      return `CPL ${sum}`;
    case "REVSHARE":
      return `RevShare ${percent ?? "0"} %`;
    case "HYBRID":
      return `Hybrid ${sum} + ${percent ?? "0"} %`;
  }
}
