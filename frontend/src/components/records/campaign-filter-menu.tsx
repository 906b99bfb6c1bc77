import type { ReactElement } from "react";

import { useCampaignChoices } from "./campaign-choices";
import { ChoiceItems } from "./choice-items";

export function CampaignName({ id }: { id: string }): string {
  const { choices } = useCampaignChoices(id);
  return choices.find((choice) => choice.id === id)?.label ?? "…";
}

interface CampaignItemsProps {
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

export function CampaignItems({ value, onChange }: CampaignItemsProps): ReactElement {
  return (
    <ChoiceItems name="Campaign" choices={useCampaignChoices(value)} value={value} onChange={onChange} />
  );
}
