import {
  Activity,
  BadgeEuro,
  BookOpenText,
  Building2,
  ClipboardPen,
  GitCompareArrows,
  Inbox,
  type LucideIcon,
  PlugZap,
  ScrollText,
  Tags,
  UserRoundSearch,
} from "lucide-react";

/** What the pages of staff are about, in the order of the rail. */
export const staffGroups = ["Traffic", "Set-up", "People", "Operations"] as const;

/** The pages of the network's staff, as rail and palette name them. */
export const staffPages = [
  {
    to: "/staff/received",
    group: "Traffic",
    name: "Inbound log",
    icon: Inbox,
    words: "received calls requests operator postback",
  },
  {
    to: "/staff/unattributed",
    group: "Traffic",
    name: "Unattributed",
    icon: UserRoundSearch,
    words: "proposals attribute click",
  },
  {
    to: "/staff/clashes",
    group: "Traffic",
    name: "Clashes",
    icon: GitCompareArrows,
    words: "duplicate same transaction another click player",
  },
  {
    to: "/staff/conversions",
    group: "Traffic",
    name: "Manual conversions",
    icon: ClipboardPen,
    words: "by hand fire csv status import",
  },
  {
    to: "/staff/offers",
    group: "Set-up",
    name: "Offers",
    icon: Tags,
    words: "deals landing pages cpa qualification",
  },
  {
    to: "/staff/goals",
    group: "Set-up",
    name: "Goals",
    icon: BookOpenText,
    words: "event dictionary ngr print",
  },
  {
    to: "/staff/integrations",
    group: "Set-up",
    name: "Integrations",
    icon: PlugZap,
    words: "operator token hmac secret snippet",
  },
  {
    to: "/staff/affiliates",
    group: "People",
    name: "Affiliates",
    icon: Building2,
    words: "users sign-in password view as",
  },
  { to: "/staff/rates", group: "Set-up", name: "Exchange rates", icon: BadgeEuro, words: "currency euro" },
  { to: "/staff/audit", group: "Operations", name: "Audit", icon: ScrollText, words: "who changed what" },
  {
    to: "/staff/engine",
    group: "Operations",
    name: "Delivery queue",
    icon: Activity,
    words: "engine queues circuits workers waiting health",
  },
] as const satisfies readonly {
  to: string;
  group: (typeof staffGroups)[number];
  name: string;
  icon: LucideIcon;
  words: string;
}[];
