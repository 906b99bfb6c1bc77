import type { ReactElement } from "react";

import type { Choice } from "@/components/ui/choice";
import { TextField } from "@/components/ui/field";

import { eventOf, withEvent } from "./events";

/** What is sent as the event for each goal, where the URL has a macro for the goal: typing changes the URL. */
export function EventFields({
  urlTemplate,
  onChange,
  chosen,
  goals,
}: {
  urlTemplate: string;
  onChange: (urlTemplate: string) => void;
  /** The goals that it fires for, by key. */
  chosen: readonly string[];
  /** The event dictionary. */
  goals: readonly Choice[];
}): ReactElement | null {
  const named = goals.map(({ id, label }) => ({ key: id, name: label }));
  const fields = named.flatMap((goal) => {
    const event = chosen.includes(goal.key) ? eventOf(urlTemplate, goal) : null;
    return event === null ? [] : [{ goal, event }];
  });
  if (fields.length === 0) return null;
  return (
    <details>
      <summary className="link w-fit cursor-default list-none">
        Sent as the event: {fields.map(({ event }) => event).join(", ")}
      </summary>
      <div className="mt-2 grid grid-cols-2 gap-3">
        {fields.map(({ goal, event }) => (
          <TextField
            key={goal.key}
            label={`Event of ${goal.name}`}
            value={event}
            onChange={(next) => {
              onChange(withEvent(urlTemplate, goal, next, named));
            }}
            mono
            spellCheck="false"
          />
        ))}
      </div>
    </details>
  );
}
