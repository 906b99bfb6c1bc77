import {
  Code,
  GitBranch,
  House,
  Link2,
  type LucideIcon,
  Megaphone,
  MousePointerClick,
  Radio,
  Settings,
  Wallet,
  Webhook,
} from "lucide-react";

/** The pages, as rail, bottom bar and palette name them. */
export const pages = [
  { to: "/", name: "Home", icon: House, words: "start overview today" },
  { to: "/postbacks", name: "Postbacks", icon: Webhook, words: "s2s url template goals" },
  { to: "/links", name: "Tracking links", icon: Link2, words: "builder param landing deep link" },
  { to: "/campaigns", name: "Campaigns", icon: Megaphone, words: "offers" },
  {
    to: "/deliveries",
    name: "Deliveries",
    icon: Radio,
    words: "postbacks sent live log attempts failed replay",
  },
  { to: "/conversions", name: "Conversions", icon: GitBranch, words: "chain ftd registration deposit" },
  { to: "/clicks", name: "Clicks", icon: MousePointerClick, words: "param search click id" },
  {
    to: "/earnings",
    name: "Earnings",
    icon: Wallet,
    words: "balance commission payable payout month carryover",
  },
  { to: "/developers", name: "Developers", icon: Code, words: "graphql api curl explorer echo" },
  { to: "/settings", name: "Settings", icon: Settings, words: "password token time zone theme" },
] as const satisfies readonly { to: string; name: string; icon: LucideIcon; words: string }[];

export type Page = (typeof pages)[number];

/** What a thumb reaches on a phone; the rest is behind "More". */
export const thumbPages: readonly Page["to"][] = ["/", "/deliveries", "/postbacks"];
