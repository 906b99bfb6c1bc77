import { CirclePause, LoaderCircle, Radio, WifiOff } from "lucide-react";
import type { ReactElement } from "react";

import { cx } from "@/components/ui/cx";
import { useConnection } from "@/graphql/live";

const looks = {
  live: { word: "Live", tone: "text-delivered", icon: Radio },
  connecting: { word: "Connecting", tone: "text-muted", icon: LoaderCircle },
  reconnecting: { word: "Reconnecting", tone: "text-retrying", icon: WifiOff },
  paused: { word: "Paused", tone: "text-held", icon: CirclePause },
} as const;

/** Whether what is shown is what is. */
export function ConnectionState({ paused }: { paused: boolean }): ReactElement {
  const connection = useConnection();
  const { word, tone, icon: Icon } = looks[paused && connection === "live" ? "paused" : connection];
  return (
    <span role="status" className={cx("inline-flex items-center gap-1.5 text-sm font-medium", tone)}>
      <Icon aria-hidden className="size-3.5" />
      {word}
    </span>
  );
}
