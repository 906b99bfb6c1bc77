import {
  Ban,
  CircleCheck,
  CircleDashed,
  CirclePause,
  CirclePlay,
  CircleQuestionMark,
  CircleX,
  Hourglass,
  type LucideIcon,
  RotateCw,
  TriangleAlert,
} from "lucide-react";
import type { ReactElement, ReactNode } from "react";

import { cx } from "./cx";

export type Tone = "delivered" | "retrying" | "failed" | "held" | "queued" | "accent";

const soft: Record<Tone, string> = {
  delivered: "bg-delivered-soft text-delivered",
  retrying: "bg-retrying-soft text-retrying",
  failed: "bg-failed-soft text-failed",
  held: "bg-held-soft text-held",
  queued: "bg-queued-soft text-queued",
  accent: "bg-accent-soft text-accent-strong",
};

const bare: Record<Tone, string> = {
  delivered: "text-delivered",
  retrying: "text-retrying",
  failed: "text-failed",
  held: "text-held",
  queued: "text-queued",
  accent: "text-accent-strong",
};

export function Badge({
  tone = "queued",
  icon: Icon,
  children,
}: {
  tone?: Tone;
  icon?: LucideIcon;
  children: ReactNode;
}): ReactElement {
  return (
    <span
      className={cx(
        "inline-flex h-5 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap",
        soft[tone],
      )}
    >
      {Icon && <Icon aria-hidden className="size-3" />}
      {children}
    </span>
  );
}

interface Look {
  word: string;
  tone: Tone;
  icon: LucideIcon;
}

const looks = {
  // Of a delivery.
  QUEUED: { word: "Queued", tone: "queued", icon: CircleDashed },
  RETRYING: { word: "Retrying", tone: "retrying", icon: RotateCw },
  DELIVERED: { word: "Delivered", tone: "delivered", icon: CircleCheck },
  FAILED: { word: "Failed", tone: "failed", icon: CircleX },
  CANCELLED: { word: "Cancelled", tone: "queued", icon: Ban },
  HELD: { word: "Waiting", tone: "held", icon: CirclePause },
  // Of a conversion.
  PENDING: { word: "Pending", tone: "retrying", icon: Hourglass },
  APPROVED: { word: "Approved", tone: "delivered", icon: CircleCheck },
  REJECTED: { word: "Rejected", tone: "failed", icon: CircleX },
  REVERSED: { word: "Reversed", tone: "failed", icon: Ban },
  UNKNOWN: { word: "Not mapped", tone: "queued", icon: CircleQuestionMark },
  // Of a campaign or an offer.
  ACTIVE: { word: "Active", tone: "delivered", icon: CirclePlay },
  PAUSED: { word: "Paused", tone: "queued", icon: CirclePause },
} satisfies Record<string, Look>;

export type StateName = keyof typeof looks;

/** A state's word, for places that have room for words only. */
export function stateWord(state: StateName): string {
  return looks[state].word;
}

const isOver = (state: StateName) => state === "FAILED" || state === "CANCELLED";

function lookOf(state: StateName, replay: { state: StateName } | null, warns: boolean): Look {
  if (replay && isOver(state)) {
    const after = looks[replay.state];
    return { ...after, word: `${looks[state].word}, replayed: ${after.word.toLowerCase()}` };
  }
  if (warns && state === "DELIVERED") return { word: "No click id", tone: "retrying", icon: TriangleAlert };
  return looks[state];
}

/** A state as icon and word; never by colour alone. */
export function StateBadge({
  state,
  replay,
  warning,
  plain,
}: {
  state: StateName;
  /** The replay that stands for it. */
  replay?: { state: StateName } | null;
  /** What was wrong with it, whatever the tracker answered. */
  warning?: string | null | undefined;
  plain?: boolean;
}): ReactElement {
  const { tone, icon, word } = lookOf(state, replay ?? null, Boolean(warning));
  if (plain !== true) {
    return (
      <Badge tone={tone} icon={icon}>
        {word}
      </Badge>
    );
  }
  const Icon = icon;
  return (
    <span className={cx("inline-flex items-center gap-1.5 font-medium whitespace-nowrap", bare[tone])}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {word}
    </span>
  );
}

/** What an HTTP exchange answered: its class by colour, its number in words. */
export function StatusCode({ code }: { code: number | null }): ReactElement {
  if (code === null) return <span className="text-faint">–</span>;
  const tone: Tone = code < 300 ? "delivered" : code < 400 ? "held" : code < 500 ? "failed" : "retrying";
  return (
    <span translate="no" className={cx("tabular font-mono text-sm", bare[tone])}>
      {code}
    </span>
  );
}
