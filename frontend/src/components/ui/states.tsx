import { CircleAlert, type LucideIcon, RotateCw } from "lucide-react";
import type { ReactElement, ReactNode } from "react";

import { Button } from "./button";
import { cx } from "./cx";

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  /** What to do next. */
  children: ReactNode;
  action?: ReactNode;
  className?: string;
}

export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
  className,
}: EmptyStateProps): ReactElement {
  return (
    <div
      className={cx("mx-auto flex max-w-md flex-col items-center gap-2 px-4 py-14 text-center", className)}
    >
      <Icon aria-hidden className="size-5 text-faint" />
      <p className="text-base font-semibold">{title}</p>
      <div className="text-muted text-pretty">{children}</div>
      {action !== undefined && <div className="mt-2 flex gap-2">{action}</div>}
    </div>
  );
}

interface ErrorStateProps {
  /** What could not be done, in the words of the page. */
  title: string;
  message: string;
  onRetry?: () => void;
  /** What its button says, where trying again is not what helps. */
  retry?: string;
}

export function ErrorState({ title, message, onRetry, retry }: ErrorStateProps): ReactElement {
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center gap-2 px-4 py-14 text-center">
      <CircleAlert aria-hidden className="size-5 text-failed" />
      <p className="text-base font-semibold">{title}</p>
      <p className="text-muted">{message}</p>
      {onRetry && (
        <Button className="mt-2" icon={RotateCw} onPress={onRetry}>
          {retry ?? "Try again"}
        </Button>
      )}
    </div>
  );
}

type Tone = "failed" | "retrying" | "held" | "delivered" | "queued";

const tones: Record<Tone, string> = {
  failed: "border-failed/30 bg-failed-soft text-failed",
  retrying: "border-retrying/30 bg-retrying-soft text-retrying",
  held: "border-held/30 bg-held-soft text-held",
  delivered: "border-delivered/30 bg-delivered-soft text-delivered",
  queued: "border-line bg-sunken text-muted",
};

/** A remark in the flow of a page. */
export function Note({
  tone,
  icon: Icon,
  children,
  className,
  role,
}: {
  tone: Tone;
  icon?: LucideIcon;
  children: ReactNode;
  className?: string;
  role?: "status" | "alert";
}): ReactElement {
  return (
    <div
      role={role}
      className={cx("flex items-start gap-2 rounded-md border px-3 py-2", tones[tone], className)}
    >
      {Icon && <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />}
      <div className="min-w-0 text-pretty">{children}</div>
    </div>
  );
}
