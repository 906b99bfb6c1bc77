import { affiliate, ago, connection, type Page, pick } from "./basics";
import { goals } from "./catalogue";
import { preview } from "./macro-language";
import { makePostback } from "./postbacks";
import { World } from "./world";

// An affiliate's trackers, for the pages that are about them: one with three goals, of which one has a URL of its own, and one that
// shares campaigns.

const url = "https://track.northstar.example/pb?subid={param_1}&status={goal_name}&payout={payout}";

interface GoalSpec {
  key: string;
  enabled?: boolean;
  statuses?: string[];
  ownUrl?: string;
}

function makeTracker(world: World, id: string, name: string, specs: readonly GoalSpec[]) {
  const goalOf = (key: string) => goals.find((g) => g.key === key) ?? pick(goals, 0);
  const nameOf = (key: string): string => goalOf(key).name;
  const postbacks = specs.map(({ key, enabled, ownUrl, statuses }) => ({
    ...makePostback({
      id: `${id}${key}`,
      name,
      scope: "GLOBAL",
      goal: goalOf(key),
      campaign: null,
      offer: null,
      urlTemplate: ownUrl ?? url,
      enabled: enabled ?? true,
    }),
    statuses: statuses ?? ["APPROVED"],
  }));
  const version = (number: number, urlTemplate: string) => ({
    __typename: "TrackerVersion",
    id: `${id}v${String(number)}`,
    number,
    createdAt: ago(1e8 / number),
    author: { __typename: "User", id: "U1", email: "anna@northstar.example" },
    spec: {
      name,
      urlTemplate,
      method: "GET",
      bodyRule: null,
      allCampaigns: true,
      defaultLinks: true,
      shares: false,
      chosenCampaigns: [] as unknown[],
      goals: specs.map((spec) => ({
        goal: spec.key,
        scope: "GLOBAL",
        enabled: spec.enabled ?? true,
        statuses: spec.statuses ?? ["APPROVED"],
        urlTemplate: spec.ownUrl ?? urlTemplate,
      })),
    },
  });
  const [first] = postbacks;
  if (!first) throw new Error("a tracker needs a postback");
  return {
    __typename: "Tracker",
    id,
    name,
    affiliate,
    sentTo: "track.northstar.example",
    domain: "track.northstar.example",
    urlTemplate: url,
    method: "GET",
    preset: { __typename: "TrackerPreset", key: "keitaro", name: "Keitaro", token: "{subid}" },
    bodyRule: null as unknown,
    allCampaigns: true,
    defaultLinks: true,
    shares: false,
    chosenCampaigns: [] as unknown[],
    campaigns: world.campaigns as unknown[],
    tokens: { param1: "{subid}", param2: null as string | null, param3: null as string | null },
    goals: specs.map((spec, i) => ({
      goal: goalOf(spec.key),
      enabled: spec.enabled ?? true,
      statuses: spec.statuses ?? ["APPROVED"],
      event: spec.ownUrl === undefined ? nameOf(spec.key) : null,
      urlTemplate: spec.ownUrl ?? url,
      ownUrl: spec.ownUrl !== undefined,
      postbacks: [pick(postbacks, i)],
    })),
    missingGoals: goals.filter(({ key }) => key === "cpa"),
    postbacks,
    version: 2,
    versions: [version(2, url), version(1, url.replace("track.", "old."))],
    health: first.health,
    endpoints: [first.endpoint],
    archivedAt: null as string | null,
  };
}

export type Tracker = ReturnType<typeof makeTracker>;

interface Change {
  id: string;
  version?: number;
  domain?: string;
  urlTemplate?: string;
  moveCampaigns?: boolean;
  campaignIds?: string[];
  goals?: { goal: string; enabled: boolean; event?: string; urlTemplate?: string }[];
}

const onDomain = (template: string, domain: string | undefined) =>
  domain === undefined ? template : template.replace(/^(https?:\/\/)[^/]+/, `$1${domain}`);

/** What each goal would be sent. */
function changed(tracker: Tracker, { domain, urlTemplate, goals: patches = [] }: Change) {
  const shared = onDomain(urlTemplate ?? tracker.urlTemplate, domain);
  return goals.flatMap((goal) => {
    const patch = patches.find((p) => p.goal === goal.key);
    const is = tracker.goals.find((g) => g.goal.key === goal.key);
    if (is === undefined && patch?.enabled !== true) return [];
    const own = patch?.urlTemplate ?? (is?.ownUrl === true ? onDomain(is.urlTemplate, domain) : "");
    const template = own === "" ? shared : own;
    return [
      {
        postback: is?.postbacks[0] ?? null,
        goal,
        enabled: patch?.enabled ?? is?.enabled ?? true,
        urlTemplate: template,
        event: template.includes("{goal_name}") ? (patch?.event ?? goal.name) : null,
        preview: preview(template),
      },
    ];
  });
}

/** A world with trackers, and what the API answers about them. */
export function worldWithTrackers(
  change: (trackers: { keitaro: Tracker; bot: Tracker }) => void = () => undefined,
) {
  const world = new World(0);
  const keitaro = makeTracker(world, "TR1", "Keitaro", [
    { key: "registration" },
    { key: "ftd", statuses: ["APPROVED", "REJECTED"] },
    { key: "deposit", enabled: false, ownUrl: "https://track.northstar.example/again?c={param_1}" },
  ]);
  const bot = makeTracker(world, "TR2", "Sales bot", [{ key: "ftd" }]);
  Object.assign(bot, { shares: true, missingGoals: [], preset: null });
  change({ keitaro, bot });
  const trackers = [keitaro, bot];
  world.nodes = [...trackers, ...trackers.flatMap((t) => t.postbacks)];
  for (const campaign of world.campaigns) Object.assign(campaign, { trackers: [keitaro] });
  const find = (id: string) => trackers.find((t) => t.id === id) ?? keitaro;
  world.also = {
    trackers: (args: Page & { filter?: { archived?: boolean } }) =>
      connection(
        trackers.filter((t) => (t.archivedAt !== null) === (args.filter?.archived ?? false)),
        args,
      ),
    previewTracker: ({ tracker: input }: { tracker: Change }) =>
      /\s/.test(input.domain ?? "")
        ? {
            postbacks: [],
            userErrors: [
              {
                field: ["domain"],
                message: "enter the domain alone, such as track.example.com",
                code: "INVALID",
              },
            ],
          }
        : { postbacks: changed(find(input.id), input), userErrors: [] },
    updateTracker: ({ input }: { input: Change }) => update(find(input.id), input),
    archiveTracker: ({ input }: { input: { id: string } }) => {
      const tracker = find(input.id);
      tracker.archivedAt = ago(0);
      return { tracker, userErrors: [] };
    },
    restoreTracker: ({ input }: { input: { id: string } }) => {
      const tracker = find(input.id);
      tracker.archivedAt = null;
      return { tracker, userErrors: [] };
    },
  };
  return { world, keitaro, bot };
}

function update(tracker: Tracker, input: Change) {
  const refuse = (field: string, message: string) => ({
    tracker: null,
    userErrors: [{ field: ["input", field], message, code: "CONFLICT" }],
  });
  if (input.version !== undefined && input.version !== tracker.version) {
    return refuse("version", "was changed since");
  }
  if (input.campaignIds !== undefined && input.moveCampaigns !== true) {
    return refuse("campaignIds", "“TikTok LatAm” is a campaign of “Voluum” already");
  }
  const made = changed(tracker, input);
  tracker.urlTemplate = onDomain(input.urlTemplate ?? tracker.urlTemplate, input.domain);
  tracker.goals = made.map((m) => {
    const is = tracker.goals.find((g) => g.goal.key === m.goal.key);
    const ownUrl = m.urlTemplate !== tracker.urlTemplate;
    return {
      goal: m.goal,
      enabled: m.enabled,
      statuses: is?.statuses ?? ["APPROVED"],
      event: m.event,
      urlTemplate: m.urlTemplate,
      ownUrl,
      postbacks: is?.postbacks ?? [],
    };
  });
  tracker.missingGoals = tracker.missingGoals.filter((goal) =>
    tracker.goals.every((g) => g.goal.key !== goal.key || !g.enabled),
  );
  tracker.version += 1;
  const [last] = tracker.versions;
  if (last) {
    tracker.versions.unshift({
      ...last,
      id: `${tracker.id}v${String(tracker.version)}`,
      number: tracker.version,
      spec: { ...last.spec, urlTemplate: tracker.urlTemplate },
    });
  }
  return { tracker, userErrors: [] };
}
