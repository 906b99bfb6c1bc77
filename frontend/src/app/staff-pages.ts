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
  { to: "/staff/received", name: "Received", icon: Inbox, words: "inbound log calls operator" },
  {
    to: "/staff/unattributed",
    name: "Unattributed",
    icon: UserRoundSearch,
    words: "proposals attribute click",
  },
  { to: "/staff/conversions", name: "By hand", icon: ClipboardPen, words: "fire manual csv status import" },
  { to: "/staff/offers", name: "Offers", icon: Tags, words: "deals landing pages cpa qualification" },
  { to: "/staff/goals", name: "Goals", icon: BookOpenText, words: "event dictionary print" },
  {
    to: "/staff/integrations",
    name: "Integrations",
    icon: PlugZap,
    words: "operator token hmac secret snippet",
  },
  { to: "/staff/affiliates", name: "Affiliates", icon: Building2, words: "sign-ins users password look as" },
  { to: "/staff/rates", name: "Currency rates", icon: BadgeEuro, words: "exchange euro" },
  { to: "/staff/audit", name: "Audit", icon: ScrollText, words: "who changed what" },
  { to: "/staff/engine", name: "Engine", icon: Activity, words: "queues circuits workers waiting health" },
] as const satisfies readonly { to: string; name: string; icon: LucideIcon; words: string }[];
