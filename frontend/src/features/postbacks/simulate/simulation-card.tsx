import { CircleCheck, CircleDashed, CircleX } from "lucide-react";
import type { ReactElement, ReactNode } from "react";

import { cx } from "@/components/ui/cx";
import type { Mark } from "@/components/ui/spans";
import { type UrlPart, UrlText } from "@/components/ui/url-text";

import type { Simulated, Simulation } from "./simulation";

function marks({ slots }: Simulated): Mark<UrlPart>[] {
  return slots.flatMap(({ macro, value, urlStart, urlEnd }) =>
    urlStart === null || urlEnd === null || urlEnd === urlStart
      ? []
      : [{ start: urlStart, end: urlEnd, value: { name: macro, hint: `${macro}: ${value}` } }],
  );
}

/** It fires, and nothing in its URL stays empty. */
function isFilled({ fires, slots }: Simulated): boolean {
  return fires && slots.every((slot) => slot.filled);
}

/** What a simulated conversion would make of the draft: the URL, and what fills each of its macros. */
export function SimulationCard({
  goal,
  simulation,
  children,
}: {
  goal: string;
  simulation: Simulation;
  /** What can be done next. */
  children?: ReactNode;
}): ReactElement | null {
  const draft = simulation.postbacks.find(({ postback }) => postback === null) ?? simulation.postbacks[0];
  if (!draft) return null;
  const others = simulation.postbacks.filter((p) => p !== draft && p.fires);
  return (
    <article aria-label={`Simulation of ${goal}`} className="flex flex-col gap-2 rounded-md border p-3">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <Verdict goal={goal} draft={draft} />
        {children}
      </div>
      {draft.url !== null && (
        <p className="rounded-md bg-sunken px-3 py-2 leading-6">
          <UrlText url={draft.url} parts={marks(draft)} />
        </p>
      )}
      <Sources slots={draft.slots} />
      {others.length > 0 && (
        <p className="text-sm text-muted">
          For the same conversion {others.map((p) => p.postback?.name || "an unnamed postback").join(", ")}{" "}
          would fire too.
        </p>
      )}
    </article>
  );
}

/** Whether it fires, and whether something in its URL would be empty. */
function Verdict({ goal, draft }: { goal: string; draft: Simulated }): ReactElement {
  const filled = isFilled(draft);
  const Icon = filled ? CircleCheck : draft.fires ? CircleDashed : CircleX;
  const empty = draft.slots.filter((slot) => !slot.filled);
  return (
    <p className="flex min-w-0 flex-1 basis-52 items-start gap-1.5">
      <Icon
        aria-hidden
        className={cx(
          "mt-0.5 size-4 shrink-0",
          filled ? "text-delivered" : draft.fires ? "text-retrying" : "text-failed",
        )}
      />
      <span>
        <span className="font-medium">
          {goal}: {filled ? "all values filled" : draft.fires ? "fires, with empty values" : "does not fire"}.
        </span>{" "}
        <span className="text-muted">
          {filled
            ? "It fires."
            : draft.fires
              ? `${empty.map((slot) => `{${slot.macro}}`).join(", ")} would be empty.`
              : draft.reason}
        </span>
      </span>
    </p>
  );
}

/** What fills each macro, and why. */
function Sources({ slots }: Pick<Simulated, "slots">): ReactElement {
  return (
    <details>
      <summary className="link w-fit cursor-default list-none">Where each value comes from</summary>
      <dl className="mt-2 flex flex-col gap-1.5">
        {slots.map((slot, i) => (
          <div key={i} className="grid grid-cols-[9rem_minmax(0,1fr)] gap-x-3 max-sm:grid-cols-1">
            <dt translate="no" className="font-mono text-sm">{`{${slot.macro}}`}</dt>
            <dd className="min-w-0">
              <span
                translate="no"
                className={cx("font-mono text-sm break-all", !slot.filled && "text-retrying")}
              >
                {slot.filled ? slot.value : "empty"}
              </span>
              <span className="block text-sm text-muted">{slot.why}</span>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
