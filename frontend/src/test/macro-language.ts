export const samples: Record<string, string> = {
  param_1: "w4k2p9",
  payout: "120.00",
  currency: "USD",
  conversion_id: "0197f3a2c4d87b1e9f0a2b3c4d5e6f70",
  goal_name: "Registration",
  goal_id: "registration",
};

/** Stands in for the server's macro language: just enough to draw spans and errors. */
export function preview(template: string, values: readonly { macro: string; value: string }[] = []) {
  const spans: unknown[] = [];
  const errors: { code: string; message: string; start: number; end: number }[] = [];
  if (!/^https?:\/\//.test(template)) {
    errors.push({
      code: "NOT_ABSOLUTE",
      message: "The URL must begin with http:// or https://",
      start: 0,
      end: 0,
    });
  }
  let url = "";
  let at = 0;
  for (const match of template.matchAll(/\{([^{}|]*)[^{}]*\}/g)) {
    const [whole, macro = ""] = match;
    const value = values.find((v) => v.macro === macro)?.value ?? samples[macro];
    url += template.slice(at, match.index);
    at = match.index + whole.length;
    if (value === undefined) {
      errors.push({
        code: "UNKNOWN_MACRO",
        message: `There is no macro ${whole}`,
        start: match.index,
        end: at,
      });
      continue;
    }
    spans.push({
      macro,
      value,
      templateStart: match.index,
      templateEnd: at,
      urlStart: url.length,
      urlEnd: url.length + value.length,
    });
    url += value;
  }
  url += template.slice(at);
  const names = [...new Set((spans as { macro: string }[]).map(({ macro }) => macro))];
  const shown = names.map((macro) => ({
    macro,
    value: values.find((v) => v.macro === macro)?.value ?? samples[macro] ?? "",
  }));
  return { url: errors.length > 0 ? null : url, spans, samples: shown, errors };
}
