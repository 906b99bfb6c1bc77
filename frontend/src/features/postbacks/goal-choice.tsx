import type { ReactElement } from "react";

import { useGoalChoices } from "@/components/records/choices";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";

/** Goals by key, with their names. */
export function useGoalNames(keys: readonly string[]): { key: string; name: string }[] {
  const goals = useGoalChoices();
  return keys.map((key) => ({ key, name: goals.find(({ id }) => id === key)?.label ?? key }));
}

/** Which goal the sample conversion is of: all in sight where there is room, a list on a phone. Nothing where there is one goal. */
export function GoalChoice({
  label,
  goals,
  value,
  onChange,
}: {
  label: string;
  goals: readonly { key: string; name: string }[];
  value: string | null;
  onChange: (goal: string) => void;
}): ReactElement | null {
  if (goals.length < 2) return null;
  const choices = goals.map(({ key, name }) => ({ id: key, label: name }));
  return (
    <>
      <div className="max-sm:hidden">
        <Segmented label={label} hideLabel value={value ?? ""} onChange={onChange} choices={choices} />
      </div>
      <div className="sm:hidden">
        <Select label={label} choices={choices} value={value} onChange={onChange} />
      </div>
    </>
  );
}
