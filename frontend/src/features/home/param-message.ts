import { formatNumber, formatPercent } from "@/components/ui/format";

/** What staff write to an affiliate whose clicks come without param_1. */
export function paramMessage(
  { name, clicks, without }: { name: string; clicks: number; without: number },
  publicUrl: string,
): string {
  const share = formatPercent(without / clicks);
  return `Hi ${name},

in the last 24 hours ${formatNumber(without)} of your ${formatNumber(clicks)} clicks (${share}) came without param_1.

param_1 carries your tracker's click id. Without it the postback cannot tell your tracker which click converted, and the conversion is lost there.

Please add it to your tracking link in your tracker's offer URL, with your tracker's own macro for the click id, for example:
param_1={clickid}

Your links are ready to copy here: ${publicUrl}/links
`;
}
