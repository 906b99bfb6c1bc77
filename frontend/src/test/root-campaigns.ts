import { connection, type Page } from "./basics";
import { goals, makeCampaigns, offers } from "./catalogue";
import type { World } from "./world";

const has = (name: string, search?: string | null) =>
  name.toLowerCase().includes((search ?? "").toLowerCase());

/** What the API answers about offers, campaigns and links. */
export function campaignsRoot(world: World) {
  return {
    goals,
    offers: (args: Page & { search?: string }) =>
      connection(
        offers.filter((o) => has(o.name, args.search)),
        args,
      ),
    campaigns: (args: Page & { filter?: { states?: string[]; search?: string } }) =>
      connection(
        world.campaigns.filter(
          (c) => (args.filter?.states?.includes(c.state) ?? true) && has(c.name, args.filter?.search),
        ),
        args,
      ),
    trackingLink: (args: Record<string, string | null>) => {
      const link =
        world.campaigns.find((c) => c.id === args["campaignId"])?.link ??
        offers.find((o) => o.id === args["offerId"])?.defaultLink;
      if (args["deepLink"]?.includes("elsewhere") === true) {
        return {
          url: null,
          link: null,
          destination: null,
          userErrors: [
            {
              field: ["deepLink"],
              message: "elsewhere.example is not one of the offer's hosts.",
              code: "INVALID",
            },
          ],
        };
      }
      const query = ["param1", "param2", "param3"]
        .flatMap((name, i) => (args[name] == null ? [] : [`param_${String(i + 1)}=${args[name]}`]))
        .join("&");
      return {
        url: `${link?.url ?? ""}${query === "" ? "" : `?${query}`}`,
        link,
        destination: "https://play.royalreels.example/?cid=0197f3a2c4d87b1e9f0a2b3c4d5e6f70",
        userErrors: [],
      };
    },
    recognizeTrackingLink: ({ url }: { url: string }) => {
      const campaign = world.campaigns.find((c) => url.startsWith(c.link.url));
      const params = new URL(url).searchParams;
      return {
        link: campaign ? { ...campaign.link, campaign, offer: campaign.offer } : null,
        param1: params.get("param_1"),
        param2: params.get("param_2"),
        param3: params.get("param_3"),
        landingPage: params.get("lp"),
        deepLink: params.get("dl"),
        destination: null,
        userErrors: campaign
          ? []
          : [{ field: ["url"], message: "this is not a tracking link of yours", code: "NOT_FOUND" }],
      };
    },
    createCampaign: ({ input }: { input: { name: string; offerId: string } }) => {
      if (world.campaigns.some((c) => c.name === input.name)) {
        return {
          campaign: null,
          userErrors: [
            {
              field: ["input", "name"],
              message: "You have a campaign of that name already.",
              code: "CONFLICT",
            },
          ],
        };
      }
      const [model] = makeCampaigns();
      if (!model) throw new Error("no campaign to begin with");
      const campaign = { ...model, id: `C${String(world.campaigns.length + 1)}`, name: input.name };
      world.campaigns.push(campaign);
      return { campaign, userErrors: [] };
    },
    updateCampaign: ({ input }: { input: { id: string; name?: string; state?: string } }) => {
      const campaign = world.campaigns.find((c) => c.id === input.id);
      if (campaign) {
        campaign.name = input.name ?? campaign.name;
        campaign.state = input.state ?? campaign.state;
      }
      return { campaign, userErrors: [] };
    },
  };
}
