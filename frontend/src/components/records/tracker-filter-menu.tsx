import type { ReactElement } from "react";

import { ChoiceItems } from "./choice-items";
import { useTrackerChoices } from "./tracker-choices";

export function TrackerName({ id }: { id: string }): string {
  const { choices } = useTrackerChoices(id);
  return choices.find((choice) => choice.id === id)?.label ?? "…";
}

interface TrackerItemsProps {
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

export function TrackerItems({ value, onChange }: TrackerItemsProps): ReactElement {
  return <ChoiceItems name="Tracker" choices={useTrackerChoices(value)} value={value} onChange={onChange} />;
}
