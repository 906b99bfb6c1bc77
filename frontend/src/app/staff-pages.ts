import {
  Activity,
  BadgeEuro,
  BookOpenText,
  Building2,
  ClipboardPen,
  Inbox,
  type LucideIcon,
  PlugZap,
  ScrollText,
  Tags,
  UserRoundSearch,
} from "lucide-react";

/** The pages of the network's staff, as rail and palette name them. */
export const staffPages = [
  {
    to: "/staff/received",
    name: "Inbound log",
    icon: Inbox,
    words: "received calls requests operator postback",
  },
  {
    to: "/staff/unattributed",
    name: "Unattributed",
    icon: UserRoundSearch,
    words: "proposals attribute click",
  },
  {
    to: "/staff/conversions",
    name: "Manual conversions",
    icon: ClipboardPen,
    words: "by hand fire csv status import",
  },
  { to: "/staff/offers", name: "Offers", icon: Tags, words: "deals landing pages cpa qualification" },
  { to: "/staff/goals", name: "Goals", icon: BookOpenText, words: "event dictionary ngr print" },
  {
    to: "/staff/integrations",
    name: "Integrations",
    icon: PlugZap,
    words: "operator token hmac secret snippet",
  },
  { to: "/staff/affiliates", name: "Affiliates", icon: Building2, words: "users sign-in password view as" },
  { to: "/staff/rates", name: "Exchange rates", icon: BadgeEuro, words: "currency euro" },
  { to: "/staff/audit", name: "Audit", icon: ScrollText, words: "who changed what" },
  {
    to: "/staff/engine",
    name: "Delivery queue",
    icon: Activity,
    words: "engine queues circuits workers waiting health",
  },
] as const satisfies readonly { to: string; name: string; icon: LucideIcon; words: string }[];
