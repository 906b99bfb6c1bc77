import { connection, type Page, pick, usd } from "./basics";
import { goals, offers } from "./catalogue";
import { preview } from "./macro-language";
import { makePostback, type PostbackInput } from "./postbacks";
import type { World } from "./world";

/** What the API answers about postbacks and macros. */
export function postbacksRoot(world: World) {
  return {
    macros: [
      ["param_1", "PARAMS", "What came in param_1 of the tracking link", "w4k2p9"],
      ["click_id", "CLICK", "Our click id", "0197f3a2c4d87b1e9f0a2b3c4d5e6f70"],
      ["payout", "MONEY", "Your commission", "120.00"],
      ["goal_name", "CONVERSION", "The goal's name", "FTD"],
      ["count", "AGGREGATED", "How many conversions it carries", "3"],
    ].map(([name, group, meaning, example]) => ({ name, aliases: [], group, meaning, example })),
    macroFilters: [],
    postbacks: (args: Page & { filter?: { scopes?: string[]; enabled?: boolean } }) =>
      connection(
        world.postbacks.filter(
          ({ scope, enabled }) =>
            (args.filter?.scopes?.includes(scope) ?? true) && enabled === (args.filter?.enabled ?? enabled),
        ),
        args,
      ),
    previewPostback: ({
      urlTemplate,
      postback,
      values,
    }: {
      urlTemplate?: string | null;
      postback?: { urlTemplate?: string | null };
      values?: { macro: string; value: string }[];
    }) => preview(urlTemplate ?? postback?.urlTemplate ?? "", values),
    goalPayouts: () =>
      goals.map((goal) => ({
        goal,
        payouts:
          goal.key === "cpa"
            ? [{ offer: pick(offers, 0), amount: usd("120.00"), percent: null, own: false }]
            : [],
      })),
    postbackGaps: () =>
      world.campaigns
        .filter((campaign) => campaign.state === "ACTIVE")
        .flatMap((campaign) =>
          campaign.missingGoals.map((goal) => ({
            campaign,
            goal,
            conversions: goal.key === "deposit" ? 4 : 0,
          })),
        ),
    createPostback: ({ input: { postback: input } }: { input: { postback: PostbackInput } }) => {
      const { errors } = preview(input.urlTemplate);
      const [problem] = errors;
      if (problem) {
        return {
          postbacks: [],
          userErrors: [{ field: ["input", "urlTemplate"], message: problem.message, code: "INVALID" }],
        };
      }
      const made = input.goals.map((key) =>
        makePostback({
          id: `P${String(world.postbacks.length + 1)}${key}`,
          name: input.name ?? "",
          scope: input.scope,
          goal: goals.find((g) => g.key === key) ?? pick(goals, 0),
          campaign: world.campaigns.find((c) => c.id === input.campaignId) ?? null,
          offer: offers.find((o) => o.id === input.offerId) ?? null,
          urlTemplate: input.urlTemplate,
          enabled: input.enabled ?? true,
        }),
      );
      world.postbacks.push(...made);
      return { postbacks: made, userErrors: [] };
    },
    updatePostback: ({
      input: { id, version, postback: input },
    }: {
      input: { id: string; version?: number | null; postback: Partial<PostbackInput> };
    }) => {
      const postback = world.postbacks.find((p) => p.id === id);
      if (postback && (version ?? postback.version) !== postback.version) {
        const message = `was changed since version ${String(version)}`;
        return { postback: null, userErrors: [{ field: ["input", "version"], message, code: "CONFLICT" }] };
      }
      if (postback) {
        postback.urlTemplate = input.urlTemplate ?? postback.urlTemplate;
        postback.name = input.name ?? postback.name;
        postback.version += 1;
      }
      return { postback, userErrors: [] };
    },
    setPostbackEnabled: ({ input }: { input: { id: string; enabled: boolean } }) => {
      const postback = world.postbacks.find((p) => p.id === input.id);
      if (postback) postback.enabled = input.enabled;
      return { postback, userErrors: [] };
    },
    deletePostback: ({ input }: { input: { id: string } }) => {
      world.postbacks = world.postbacks.filter((p) => p.id !== input.id);
      return { deletedId: input.id, userErrors: [] };
    },
  };
}
