// A macro's colour says its kind, the same in the template, in the preview and on every page.

const classes = {
  "Your parameters": "bg-(--hue-1-soft) text-(--hue-1)",
  Click: "bg-(--hue-2-soft) text-(--hue-2)",
  Conversion: "bg-(--hue-3-soft) text-(--hue-3)",
  Money: "bg-(--hue-4-soft) text-(--hue-4)",
  Campaign: "bg-(--hue-5-soft) text-(--hue-5)",
  Other: "bg-(--hue-6-soft) text-(--hue-6)",
} as const;

type Kind = keyof typeof classes;

/** The server's groups of macros, but for time, delivery and aggregation, which share the last hue. A test compares them. */
const kinds: readonly (readonly [Kind, RegExp])[] = [
  ["Your parameters", /^(?:param|sub)_?[123]$/],
  ["Click", /^(?:click_id|country|landing_page|user_agent|referr?er)$/],
  ["Money", /^(?:amount|payout|currency)$/],
  ["Campaign", /^(?:(?:camp|campaign|offer)_(?:id|name)|(?:aff|affiliate)_id)$/],
  [
    "Conversion",
    /^(?:player_id|goal_name|goal_id|status|previous_status|reason|conversion_id|transaction_id)$/,
  ],
];

export function kindOf(macro: string): Kind {
  return kinds.find(([, names]) => names.test(macro.toLowerCase()))?.[0] ?? "Other";
}

/** The classes of a macro's chip. */
export function hue(macro: string): string {
  return classes[kindOf(macro)];
}
