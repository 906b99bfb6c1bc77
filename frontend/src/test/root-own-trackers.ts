import { connection, type Page, pick } from "./basics";
import { goals } from "./catalogue";
import { preview } from "./macro-language";
import { makePostback } from "./postbacks";
import type { World } from "./world";

/** A tracker of the affiliate's own. */
export function makeTracker(id: string, name: string, token: string) {
  return {
    __typename: "Tracker",
    id,
    name,
    domain: `${name.toLowerCase()}.example`,
    sentTo: `${name.toLowerCase()}.example`,
    urlTemplate: `https://${name.toLowerCase()}.example/postback?cid={param_1}&event={goal_id}`,
    allCampaigns: true,
    defaultLinks: true,
    shares: false,
    tokens: { param1: token, param2: null as string | null, param3: null as string | null },
    goals: [] as unknown[],
    campaigns: [] as unknown[],
  };
}

export type Tracker = ReturnType<typeof makeTracker>;

interface TrackerInput {
  name?: string;
  urlTemplate: string;
  goals: { goal: string }[];
  allCampaigns?: boolean;
  campaignIds?: string[];
  defaultLinks?: boolean;
  shares?: boolean;
}

/** What the API answers about the affiliate's own trackers. */
export function ownTrackersRoot(world: World) {
  const tell = () => {
    for (const campaign of world.campaigns) {
      const chosen = world.trackers.filter((t) => t.campaigns.includes(campaign));
      campaign.trackers = chosen.length > 0 ? chosen : world.trackers.filter((t) => t.allCampaigns);
    }
  };
  return {
    trackers: (args: Page) => connection(world.trackers, args),
    crossedTrackers: [],
    createTracker: ({ input }: { input: TrackerInput }) => {
      const [problem] = preview(input.urlTemplate).errors;
      if (problem) {
        const field = ["input", "urlTemplate"];
        return { tracker: null, userErrors: [{ field, message: problem.message, code: "INVALID" }] };
      }
      const postbacks = input.goals.map(({ goal: key }) =>
        makePostback({
          id: `P${String(world.postbacks.length + 1)}${key}`,
          name: input.name ?? "",
          scope: "GLOBAL",
          goal: goals.find((g) => g.key === key) ?? pick(goals, 0),
          urlTemplate: input.urlTemplate,
          campaign: null,
          offer: null,
          enabled: true,
        }),
      );
      world.postbacks.push(...postbacks);
      const id = `TR${String(world.trackers.length + 1)}`;
      const made = makeTracker(id, input.name ?? new URL(input.urlTemplate).host, "{clickid}");
      Object.assign(made, {
        urlTemplate: input.urlTemplate,
        sentTo: new URL(input.urlTemplate).host,
        allCampaigns: input.allCampaigns ?? true,
        defaultLinks: input.defaultLinks ?? true,
        shares: input.shares ?? false,
        goals: postbacks.map((postback) => ({ goal: postback.goal, postbacks: [postback] })),
        campaigns: world.campaigns.filter(
          (c) => input.campaignIds?.includes(c.id) ?? input.allCampaigns === true,
        ),
      });
      world.trackers.unshift(made);
      return { tracker: made, userErrors: [] };
    },
    assignTrackers: ({ input }: { input: { campaigns: { campaignId: string; trackerIds: string[] }[] } }) => {
      for (const { campaignId, trackerIds } of input.campaigns) {
        for (const tracker of world.trackers) {
          tracker.campaigns = tracker.campaigns.filter((c) => (c as { id: string }).id !== campaignId);
          const campaign = world.campaigns.find(({ id }) => id === campaignId);
          if (campaign && trackerIds.includes(tracker.id)) tracker.campaigns.push(campaign);
        }
      }
      tell();
      return { trackers: world.trackers, userErrors: [] };
    },
  };
}
